package hook

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// TestSign: the vector of the reference libraries of Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks.
func TestSign(t *testing.T) {
	got, err := sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("sign = %s, %v, want %s", got, err, want)
	}
}

var hostile = Message{ID: "out_1", At: time.Unix(1614265330, 0), OutgoingText: incident.OutgoingText{Items: []incident.OutgoingItem{{Kind: "published", Says: "Responder <!channel> published a retrospective",
	Incident: "inc_1", Title: "A & B\n<https://evil.example.com|click>", About: "**x** @all [y](https://evil.example.com)", Link: "https://hindsight.example.com/incidents/inc_1"}}}}

// TestPost: each format is what its receiver takes, with nothing of what people wrote read as markup.
func TestPost(t *testing.T) {
	var header http.Header
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		header, body = r.Header, string(text)
		io.WriteString(w, "ok\nthen")
	}))
	defer server.Close()
	post := func(f incident.ChannelFormat) {
		t.Helper()
		answer, err := Poster{http.DefaultTransport}.Post(t.Context(), f, Target{URL: server.URL + "/secret", Key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, hostile)
		if err != nil || answer != "200 OK ok then" || header.Get("Content-Type") != "application/json" {
			t.Fatalf("Post as %s = %q, %v", f, answer, err)
		}
	}
	post(incident.ChannelSlack)
	var said struct {
		Text   string
		Blocks []struct {
			Type     string
			Elements []struct {
				Type     string
				Elements []struct{ Type, Text, URL string }
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &said); err != nil {
		t.Fatal(err)
	}
	if want := "Responder &lt;!channel&gt; published a retrospective: <https://hindsight.example.com/incidents/inc_1|A &amp; B &lt;https://evil.example.com¦click&gt;> (**x** @all [y](https://evil.example.com))"; said.Text != want {
		t.Errorf("Slack is told\n%s\nwant\n%s", said.Text, want)
	}
	// As https://docs.slack.dev/reference/block-kit/blocks/rich-text-block has it: runs of text and links, and no element that mentions anybody.
	if len(said.Blocks) != 1 || said.Blocks[0].Type != "rich_text" || len(said.Blocks[0].Elements) != 1 || said.Blocks[0].Elements[0].Type != "rich_text_section" {
		t.Fatalf("Slack is told %s", body)
	}
	if got, want := fmt.Sprint(said.Blocks[0].Elements[0].Elements), "[{text Responder <!channel> published a retrospective:  } {link A & B <https://evil.example.com|click> https://hindsight.example.com/incidents/inc_1} "+
		"{text  (**x** @all [y](https://evil.example.com)) }]"; got != want {
		t.Errorf("Slack shows\n%s\nwant\n%s", got, want)
	}
	post(incident.ChannelMattermost)
	if err := json.Unmarshal([]byte(body), &said); err != nil {
		t.Fatal(err)
	}
	// The characters are those of https://html.spec.whatwg.org/multipage/syntax.html#character-references, by their numbers in Unicode.
	if want := "Responder &#60;&#33;channel&#62; published a retrospective&#58; [A &#38; B &#60;https&#58;//evil.example.com&#124;click&#62;](https://hindsight.example.com/incidents/inc_1) " +
		"&#40;&#42;&#42;x&#42;&#42; &#64;&#8203;all &#91;y&#93;&#40;https&#58;//evil.example.com&#41;&#41;"; said.Text != want || strings.Contains(body, "blocks") {
		t.Errorf("Mattermost is told\n%s\nwant\n%s", said.Text, want)
	}
	if header.Get("webhook-signature") != "" {
		t.Error("what goes to Slack is signed")
	}
	post(incident.ChannelTeams)
	var card struct {
		Type        string
		Attachments []struct {
			ContentType string
			Content     struct {
				Type, Version string
				Body          []struct {
					Type    string
					Inlines []struct {
						Type, Text   string
						SelectAction struct{ Type, URL string }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &card); err != nil {
		t.Fatal(err)
	}
	if card.Type != "message" || len(card.Attachments) != 1 || card.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" || card.Attachments[0].Content.Type != "AdaptiveCard" {
		t.Fatalf("Teams is told %s", body)
	}
	block := card.Attachments[0].Content.Body[0]
	if block.Type != "RichTextBlock" || len(block.Inlines) != 3 || block.Inlines[1].Type != "TextRun" || block.Inlines[1].Text != "A & B <https://evil.example.com|click>" ||
		block.Inlines[1].SelectAction.URL != "https://hindsight.example.com/incidents/inc_1" {
		t.Errorf("Teams is told %+v", block)
	}
	post(incident.ChannelSigned)
	signature, err := sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "out_1", "1614265330", []byte(body))
	if err != nil || header.Get("webhook-id") != "out_1" || header.Get("webhook-timestamp") != "1614265330" || header.Get("webhook-signature") != signature {
		t.Errorf("the signed message has the headers %v", header)
	}
	if !strings.Contains(body, `"type":"notice.published"`) || !strings.Contains(body, `"incident":"inc_1"`) {
		t.Errorf("the signed message is %s", body)
	}
}

// TestPostFails: a redirect is not followed, an address that is gone is final, and no error names an address.
func TestPostFails(t *testing.T) {
	elsewhere := 0
	mux := http.NewServeMux()
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { elsewhere++ })
	mux.HandleFunc("/gone", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no_service", http.StatusGone) })
	mux.HandleFunc("/busy", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "slow down", http.StatusTooManyRequests) })
	mux.HandleFunc("/echo/", func(w http.ResponseWriter, r *http.Request) { // repeats what it was asked, shouting
		if !strings.HasSuffix(r.URL.Path, "taken") {
			w.WriteHeader(http.StatusBadRequest)
		}
		fmt.Fprintf(w, "I know %s and whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", strings.ToUpper(r.URL.String()))
	})
	mux.HandleFunc("/away/", func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Location"] = []string{"http://%zz" + r.URL.String()}
		w.WriteHeader(http.StatusFound)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	for path, want := range map[string]string{"/moved": "it leads elsewhere", "/gone": "410 Gone no_service", "/busy": "429 Too Many Requests slow down"} {
		_, err := Poster{http.DefaultTransport}.Post(t.Context(), incident.ChannelSlack, Target{URL: server.URL + path}, hostile)
		if err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, ErrGone) != (path == "/gone") || strings.Contains(err.Error(), server.URL) {
			t.Errorf("Post to %s: %v, want one with %q", path, err, want)
		}
	}
	for path, said := range map[string]int{"/echo/Xo9cret": http.StatusBadRequest, "/echo/Xo9cret/taken": http.StatusOK, "/away/Xo9cret": http.StatusFound} {
		answer, err := Poster{http.DefaultTransport}.Post(t.Context(), incident.ChannelSigned, Target{URL: server.URL + path + "?sig=s9g%2Ftoken", Key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, hostile)
		for _, secret := range []string{"xo9cret", "s9g", "mfkq9r8gkyqrtwjupd8ilpzio2lalasw"} {
			if strings.Contains(strings.ToLower(fmt.Sprint(answer, err)), secret) {
				t.Errorf("Post to %s tells %s: %q, %v", path, secret, answer, err)
			}
		}
		if (err == nil) != (said == http.StatusOK) || said != http.StatusFound && !strings.Contains(answer, fmt.Sprint(said)) {
			t.Errorf("Post to %s = %q, %v, want one with %d", path, answer, err, said)
		}
	}
	_, err := Poster{http.DefaultTransport}.Post(t.Context(), incident.ChannelSlack, Target{URL: "http://127.0.0.1:1/T00/B00/xyz"}, hostile)
	if err == nil || strings.Contains(err.Error(), "xyz") {
		t.Errorf("Post to nobody: %v", err)
	}
	if elsewhere != 0 {
		t.Error("a redirect was followed")
	}
}

func TestCheckURL(t *testing.T) {
	for _, bad := range []string{"", "hooks.example.com/x", "ftp://hooks.example.com", "https://u:p@hooks.example.com/", "https://", "javascript:alert(1)"} {
		if _, err := CheckURL(bad); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("CheckURL(%q) = %v, want ErrInvalid", bad, err)
		}
	}
	if u, err := CheckURL("https://hooks.example.com/services/T00/B00/xyz"); err != nil || u.Host != "hooks.example.com" {
		t.Errorf("CheckURL = %v, %v", u, err)
	}
}
