package web

import (
	"errors"
	"regexp"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
)

// webhookForm says how the source is told to push.
func (s *Server) webhookForm(r *request) (answer, error) {
	page, err := s.webhookPage(r, "")
	return answer{page: page}, err
}

// webhookPage shows secret, if there is one, this once.
func (s *Server) webhookPage(r *request, secret string) (frontend.WebhookPage, error) {
	j, err := s.pushed(r)
	if err != nil {
		return frontend.WebhookPage{}, err
	}
	address := strings.TrimRight(s.BaseURL, "/") + "/hooks/" + string(j.conn.ID)
	page := frontend.WebhookPage{Shell: r.shell("Pushes", frontend.NavImports, j.crumbs()...), Connection: j.conn, Source: j.card(), Address: address,
		Setup: setupText(j.source.Hook.Setup, address, secret), Secret: secret, Secrets: j.secrets.Webhook, Health: j.health, MayEdit: s.mayEdit(r)}
	if page.OlderUsed, err = s.OlderSecretUsed(r.Request.Context(), j.conn.ID); err != nil {
		return page, err
	}
	if j.source.API == nil {
		page.Steps = stepsOf(j.source, j.conn.ID, "webhook")
	}
	return page, nil
}

// pushed is joint for a source that pushes.
func (s *Server) pushed(r *request) (joint, error) {
	j, err := s.joint(r)
	if err == nil && j.source.Hook == nil {
		err = incident.ErrNotFound
	}
	return j, err
}

// placeholder is a word of a source's instructions that holds address or secret.
var placeholder = regexp.MustCompile(`[^\s()]*\{(?:url|secret)\}[^\s()]*`)

// setupText fills address and secret into a source's instructions, as code, which no renderer of Markdown changes.
func setupText(setup, address, secret string) string {
	if secret == "" {
		secret = "YOUR-SECRET"
	}
	fill := strings.NewReplacer("{url}", address, "{secret}", secret).Replace
	pieces := strings.Split(setup, "`")
	for i, piece := range pieces {
		if i%2 == 1 { // it is code already
			pieces[i] = fill(piece)
			continue
		}
		lines := strings.Split(piece, "\n")
		for k, line := range lines {
			if strings.HasPrefix(line, "    ") { // a block of code
				lines[k] = fill(line)
				continue
			}
			lines[k] = placeholder.ReplaceAllStringFunc(line, func(word string) string {
				bare := strings.TrimRight(word, ".,;:")
				return "`" + fill(bare) + "`" + word[len(bare):]
			})
		}
		pieces[i] = strings.Join(lines, "\n")
	}
	return strings.Join(pieces, "`")
}

func (s *Server) addWebhookSecret(r *request) (answer, error) {
	j, err := s.pushed(r)
	if err != nil {
		return answer{}, err
	}
	given := strings.TrimSpace(r.PostForm("secret"))
	secret, err := s.AddWebhookSecret(r.Request.Context(), j.conn.ID, given)
	if err != nil {
		return answer{}, err
	}
	if given != "" {
		return goTo(frontend.ConnectionPath(j.conn.ID)+"/webhook", frontend.Flash{Kind: frontend.Done, Text: "The secret is kept. Deliveries that it signs are taken in from now on."})
	}
	page, err := s.webhookPage(r, secret)
	return answer{page: page}, err
}

func (s *Server) dropWebhookSecret(r *request) (answer, error) {
	j, err := s.pushed(r)
	if err != nil {
		return answer{}, err
	}
	path := frontend.ConnectionPath(j.conn.ID) + "/webhook"
	err = s.DropWebhookSecret(r.Request.Context(), j.conn.ID)
	if errors.Is(err, incident.ErrConflict) {
		return goTo(path, frontend.Flash{Kind: frontend.Notice, Text: "There was one secret only; it stays."})
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(path, frontend.Flash{Kind: frontend.Done, Text: "The older secret is not good any more."})
}
