package forge

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/google/go-github/v62/github"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// Host is what an operator says of one forge.
type Host struct {
	Name    string   // as in repo.Host
	Kind    string   // as repo.Forges lists them
	API     string   // base URL of the web API, empty for the usual one of the kind
	Tokens  []string // taken in turn; none are needed
	CA      []byte   // PEM of certificate authorities that are trusted besides the system's
	Private bool     // it may have a private address and speak plain http
	Proxy   *url.URL // by which one that is not Private is reached, nil for none
}

// API is the web API of one forge.
type API struct {
	*service
	host   string // of the repositories
	door   *outbound.API
	github *github.Client // of GitHub
}

// NewAPI returns the web API of a forge, nil for kinds that have none that is asked. Answers keeps answers for conditional
// requests; it may be nil.
func NewAPI(h Host, answers outbound.Answers, observe outbound.APIObserver) (*API, error) {
	s := serviceOf(h.Kind)
	if s == nil {
		if h.API != "" || len(h.Tokens) > 0 {
			return nil, fmt.Errorf("host %s: a forge of the kind %s has no API that is asked: leave out api and token-file", h.Name, h.Kind)
		}
		return nil, nil
	}
	base := h.API
	switch {
	case base == "" && h.Name == "github.com":
		base = "https://api.github.com/"
	case base == "":
		base = "https://" + h.Name + "/" + s.base
	}
	if s.kind == repo.GitHub && strings.HasSuffix(strings.TrimSuffix(base, "/"), "/api/v3") {
		s = serviceOf(gitHubServer)
	}
	door, err := outbound.NewAPI(outbound.APIConfig{
		Name: h.Name, Base: base, Private: h.Private, Tokens: h.Tokens, CA: h.CA, Proxy: h.Proxy, Header: s.header, Budget: s.budget,
		Answers: answers, Observe: observe,
	})
	if err != nil {
		return nil, fmt.Errorf("host %s: %w", h.Name, err)
	}
	a := &API{service: s, host: h.Name, door: door, github: github.NewClient(door.Client())}
	a.github.BaseURL = door.Base()
	return a, nil
}

// page returns the address of a page of the forge as the forge gave it, empty if it is none of this forge's.
func (a *API) page(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host != a.host || u.User != nil || len(address) > 2048 {
		return ""
	}
	return u.String()
}
