// Package lookup asks services on the web for the repository of software that names none itself: of packages and of
// products. Nobody is asked unless the operator says so.
package lookup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

// service is a row of the table of services.
type service struct {
	name string
	base string // URL that begins the requests
	asks repo.Meaning
	// find returns the repositories that the service names for a target.
	find func(ctx context.Context, c *client, t repo.Target) ([]hit, error)
}

var services = []service{
	{"deps.dev", "https://api.deps.dev/v3/", repo.Package, askDepsDev},
	{"vulnerability-lookup", "https://vulnerability.circl.lu/api/", repo.CPE, askVulnerabilityLookup},
}

// Names lists the services.
func Names() []string {
	var names []string
	for i := range services {
		names = append(names, services[i].name)
	}
	return names
}

// hit is a repository that a service names.
type hit struct {
	Address  string
	Evidence string // why, in a few words
	Exact    bool   // the service vouches for it, so that it may be chosen
}

// Store keeps what was found. It may forget.
type Store interface {
	Get(ctx context.Context, key string) (value []byte, found bool, err error)
	Put(ctx context.Context, key string, value []byte, lifetime time.Duration) error
}

// How long it is kept that a service named repositories, and that it named none.
const (
	foundFor = 7 * 24 * time.Hour
	noneFor  = 24 * time.Hour
)

// Chain asks several services. It is safe for concurrent use.
type Chain struct {
	hosts   *repo.Hosts
	store   Store // nil: nothing is kept
	clients []*client
}

// client is an opened service.
type client struct {
	*service
	api *outbound.API
}

// New opens services: each spec is the name of one, or NAME=URL for one that the operator runs, at any address. The others are
// reached by the proxy, nil for none.
func New(specs []string, hosts *repo.Hosts, store Store, proxy *url.URL) (*Chain, error) {
	c := &Chain{hosts: hosts, store: store}
	for _, spec := range specs {
		name, base, own := strings.Cut(spec, "=")
		i := slices.IndexFunc(services, func(s service) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no service %q: use one of %s", name, strings.Join(Names(), ", "))
		}
		if !own {
			base = services[i].base
		}
		api, err := outbound.NewAPI(outbound.APIConfig{Name: name, Base: base, Private: own, Proxy: proxy})
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", name, err)
		}
		c.clients = append(c.clients, &client{&services[i], api})
	}
	return c, nil
}

// Find completes a resolution of a package or product that led to no repository. One is chosen if a service vouches for it,
// or two name the same; else those that were named are candidates. A service that fails or is late is left out.
func (c *Chain) Find(ctx context.Context, r resolve.Resolution) resolve.Resolution {
	if r.Chosen.Meaning == repo.Repository || len(r.Candidates) > 0 {
		return r
	}
	found := make([][]hit, len(c.clients))
	var wg sync.WaitGroup
	for i, client := range c.clients {
		if client.asks == r.Target.Meaning {
			wg.Go(func() { found[i] = c.ask(ctx, client, r.Target) })
		}
	}
	wg.Wait()
	votes := map[repo.Ref]int{}
	for i, client := range c.clients {
		for _, h := range found[i] {
			t := c.hosts.Parse("link", h.Address)
			if t.Meaning != repo.Repository {
				continue
			}
			t.Revision, t.Subpath, t.Pinned = "", "", false
			if r.Target.Pinned {
				t.SetVersion(r.Target.Revision)
			}
			votes[t.Ref]++
			r.Candidates = append(r.Candidates, resolve.Candidate{Target: t, Source: resolve.Source(client.name), Evidence: h.Evidence})
			if h.Exact || votes[t.Ref] == 2 {
				r.Chosen, r.By = t, resolve.Source(client.name)
			}
		}
	}
	return r
}

// ask returns what a service names, from the store if it was asked lately.
func (c *Chain) ask(ctx context.Context, client *client, t repo.Target) []hit {
	key := strings.Join([]string{"lookup/1", client.name, client.api.Base().String(), t.Forge, t.Name, t.Revision}, "/")
	var hits []hit
	if c.store != nil {
		if value, found, err := c.store.Get(ctx, key); err == nil && found && json.Unmarshal(value, &hits) == nil {
			return hits
		}
	}
	hits, err := client.find(ctx, client, t)
	if err != nil {
		return nil
	}
	if c.store != nil {
		lifetime := foundFor
		if len(hits) == 0 {
			lifetime = noneFor
		}
		if value, err := json.Marshal(hits); err == nil {
			_ = c.store.Put(ctx, key, value, lifetime) // it only costs the saving
		}
	}
	return hits
}

// errNone says that the service does not know what it was asked for.
var errNone = errors.New("not known there")

// get decodes the answer to a request below the service's base.
func (c *client) get(ctx context.Context, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.api.Base().String()+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "misp-csirt-tooling")
	answer, err := c.api.Client().Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
		return json.NewDecoder(answer.Body).Decode(into)
	case http.StatusNotFound:
		return errNone
	}
	return fmt.Errorf("status %d", answer.StatusCode)
}
