package search

import (
	"testing"

	"hindsight/incident"
)

// foreign is incidents in several languages beside English ones.
func foreign() incident.Delta {
	d := incident.Delta{Upto: 1}
	for _, x := range []struct{ id, title, text string }{
		{"de", "Datenbankverbindungen erschöpft", "Der Zahlungsdienst ist seit heute Morgen nicht erreichbar, weil alle Verbindungen der Datenbank belegt waren. Die Kunden konnten keine Bestellungen aufgeben."},
		{"de-mixed", "Checkout latency high", "Die Antwortzeiten der Server waren seit dem Update deutlich erhöht, und mehrere Knoten mussten neu gestartet werden."},
		{"fr", "Panne du service de paiement", "Le service de paiement est en panne depuis ce matin et les clients ne peuvent pas commander. Les serveurs étaient saturés par les requêtes."},
		{"es", "Caída del servicio de pagos", "El servicio de pago no funciona desde esta mañana y los clientes no pueden entrar en la tienda. Los certificados habían caducado."},
		{"it", "Il servizio di pagamento non risponde", "Il servizio di pagamento non funziona da stamattina e i clienti non possono entrare nel negozio. I certificati erano scaduti."},
		{"ru", "Сбой платёжного сервиса", "Платёжный сервис не работает с утра, и клиенты не могут войти в магазин. Причиной были ошибки соединения с базой данных."},
		{"zh", "支付服务不可用", "支付服务从今天早上开始不可用,数据库连接池已耗尽。"},
		{"ja", "決済サービスの障害", "決済サービスが今朝から利用できません。データベースサーバーへの接続エラーが発生しました。"},
		{"ko", "결제 서비스 장애", "결제 서비스가 오늘 아침부터 작동하지 않습니다. 데이터베이스 서버가 응답하지 않았습니다."},
		{"en-serving", "Cache was serving stale pages", "The cache was serving stale pages to all of the customers after the release, and it was not noticed for an hour."},
		{"en-server", "Server out of memory", "The server was out of memory since the release and had to be restarted by the people on call."},
	} {
		d.Incidents = append(d.Incidents, made(x.id, x.title, "2024-01-01", func(inc *incident.Incident) { inc.Description = x.text }))
	}
	return d
}

func TestLanguages(t *testing.T) {
	x := opened(t, foreign())
	for _, tc := range []struct{ name, query, want string }{
		{"a German singular finds the plural", "Datenbankverbindung", "de"},
		{"a German plural finds the singular", "Zahlungsdienste", "de"},
		{"with and without an umlaut", "erschopft", "de"},
		{"an English title above a German text", "latencies", "de-mixed"},
		{"French", "serveur saturé", "fr"},
		{"French phrase", `"pannes du services"`, "fr"},
		{"Spanish", "certificado", "es"},
		{"Italian", "certificato scaduto", "it"},
		{"Russian", "ошибка соединения", "ru"},
		{"Chinese", "数据库", "zh"},
		{"Chinese, one letter", "付", "zh"},
		{"Chinese, letters that do not follow one another", "数接", ""},
		{"Japanese, part of a compound", "サーバー", "ja"},
		{"Japanese", "障害", "ja"},
		{"Korean without its particle", "서버", "ko"},
		{"a word that may be German as well, the English text first", "serve", "en-serving de-mixed"},
		{"a German stem is no English word", "title:server", "en-server"},
		{"English as ever", "restarting", "en-server"},
		{"stop words of English ask for nothing", "it was not noticed", "en-serving"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := ids(found(t, x, tc.query, incident.Filter{})); got != tc.want {
				t.Errorf("Search(%q) = %q, want %q", tc.query, got, tc.want)
			}
		})
	}
}

// TestLanguagePassage: what is marked is the word as the text has it.
func TestLanguagePassage(t *testing.T) {
	r := found(t, opened(t, foreign()), "title:Datenbankverbindung", incident.Filter{})
	if len(r.Hits) != 1 || len(r.Hits[0].Fragments) != 1 {
		t.Fatalf("hits = %+v, want one with a passage", r.Hits)
	}
	if got, want := r.Hits[0].Fragments[0].Segments[0], (Segment{"Datenbankverbindungen", true}); got != want {
		t.Errorf("passage begins with %+v, want %+v", got, want)
	}
	r = found(t, opened(t, foreign()), "title:障害", incident.Filter{})
	if got, want := r.Hits[0].Fragments[0].Segments, (Segment{"障害", true}); got[len(got)-1] != want {
		t.Errorf("passage = %+v, want %+v at its end", got, want)
	}
}
