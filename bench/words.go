package main

// The vocabulary of made-up incidents: things of a data centre and what befalls them. It names no real
// company and no person.
var (
	components = []string{
		"checkout", "login", "search", "billing", "inventory", "mail relay", "message queue", "object store", "load balancer", "payment gateway",
		"session cache", "order database", "report builder", "image resizer", "webhook sender", "rate limiter", "scheduler", "name server", "identity provider", "metrics pipeline",
		"log shipper", "backup job", "mobile API", "admin console", "recommendation engine", "price list", "warehouse sync", "fraud check", "tax service", "content cache",
		"certificate store", "config service", "build farm", "artifact registry", "feature flags", "data warehouse", "stream processor", "ticket bridge", "call router", "print server",
	}
	symptoms = []string{
		"error rate above the threshold", "latency doubled", "connection refused", "timeout while waiting for an answer", "out of memory", "disk full", "queue keeps growing", "stale data shown",
		"certificate expired", "requests dropped", "replica lag", "deadlock detected", "unreachable from the office", "restarts in a loop", "wrong totals", "duplicate messages",
		"missing records", "login fails", "slow start", "packet loss", "corrupt index", "cannot resolve the name", "permission denied", "clock drift",
	}
	causes = []string{
		"a release changed the default of a setting", "the connection pool was exhausted", "a cold cache after the restart", "a missing index in the new query", "a retry storm of clients",
		"a failed disk in the storage rack", "an expired certificate nobody watched", "a firewall rule that was too wide", "a migration that locked the table", "a memory leak in the parser",
		"a wrong feature flag in one region", "a full partition for log files", "a leap in traffic after the campaign", "a provider's network maintenance", "a clock that was minutes off",
		"a deadlock between two jobs", "a quota that was reached at night", "an incompatible schema of messages", "a dead replica that still took reads", "a cron job that ran twice",
	}
	remedies = []string{
		"rolled back the release", "raised the limit of the pool", "warmed the cache by hand", "added the index", "blocked the noisy client", "replaced the disk", "renewed the certificate",
		"removed the rule", "moved the job to the night", "restarted all workers", "turned the flag off", "deleted old log files", "added two nodes", "waited for the provider", "corrected the clock",
		"drained the queue", "failed over to the standby", "restored the table from the backup", "pinned the version", "sent traffic to the other region",
	}
	regions  = []string{"eu-north", "eu-west", "us-east", "us-west", "ap-south", "ap-east", "sa-east", "af-south"}
	openings = []string{"Alert from the probe:", "Customers report:", "Support escalated:", "Seen on the dashboard:", "Synthetic check failed:"}
)
