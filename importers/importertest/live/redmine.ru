# Starts Redmine on an empty database: makes the tables, loads the default trackers, statuses and priorities, and
# gives the administrator the API key in LIVE_KEY.
require "/usr/share/redmine/config/environment"
ActiveRecord::Migration.verbose = false
ActiveRecord::Migrator.migrations_paths = Rails.application.paths["db/migrate"].to_a
ActiveRecord::Base.connection.migration_context.migrate
ActiveRecord::Base.connection.schema_cache.clear!
ActiveRecord::Base.descendants.each(&:reset_column_information)
Redmine::DefaultData::Loader.load("en")
Setting.rest_api_enabled = "1"
admin = User.find_by_login("admin")
admin.update_columns(must_change_passwd: false)
Token.create!(user: admin, action: "api").update_columns(value: ENV.fetch("LIVE_KEY"))
run Rails.application
