// Package lookup asks services on the web for the repository of software that names none itself: of packages and of
// products. Nobody is asked unless the operator says so.
package lookup

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

// service is a row of the table of services.
type service struct {
	name  string
	base  string // URL that begins the requests
	asks  repo.Meaning
	grant outbound.Grant // what it takes, if it does not tell
	// find returns the repositories that the service names for a target.
	find func(ctx context.Context, c *client, t repo.Target) ([]hit, error)
}

var services = []service{
	{"deps.dev", "https://api.deps.dev/v3/", repo.Package, outbound.Grant{}, askDepsDev},
	{"vulnerability-lookup", "https://vulnerability.circl.lu/api/", repo.CPE, outbound.Grant{}, askVulnerabilityLookup},
	{"nvd", "https://services.nvd.nist.gov/rest/json/", repo.CPE, nvdGrant, askNVD},
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

// longestAsk bounds what a service is asked for one target. It may go on when nobody waits for it any more: what it finds is kept.
const longestAsk = 30 * time.Second

// Chain asks several services. It is safe for concurrent use.
type Chain struct {
	// Failed is told why a service did not answer, without what it was asked, once a minute at most for each service. It may be nil,
	// and is set before use.
	Failed func(service string, err error)

	hosts   *repo.Hosts
	store   Store // nil: nothing is kept
	clients []*client
	flights singleflight.Group
}

// client is an opened service.
type client struct {
	*service
	api   *outbound.API
	hosts *repo.Hosts

	failed atomic.Int64 // when that it failed was last told, in seconds since 1970
}

// New opens services, as outbound.Choose reads them: none twice, for two that name the same repository decide. One that the operator
// runs may have any address; the others are reached by the proxy, nil for none.
func New(specs []string, hosts *repo.Hosts, store Store, proxy *url.URL) (*Chain, error) {
	c := &Chain{hosts: hosts, store: store}
	chosen, err := outbound.Choose(specs, Names())
	if err != nil {
		return nil, err
	}
	for _, one := range chosen {
		s := &services[slices.IndexFunc(services, func(s service) bool { return s.name == one.Name })]
		api, err := outbound.NewAPI(outbound.APIConfig{
			Name: s.name, Base: cmp.Or(one.Own, s.base), Private: one.Own != "", Proxy: proxy, Grant: s.grant, Answers: store,
		})
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", s.name, err)
		}
		c.clients = append(c.clients, &client{service: s, api: api, hosts: hosts})
	}
	return c, nil
}

// Find completes a resolution of a package or product that led to no repository. One is chosen if it is the only one that a
// service vouches for, or else the only one that two services name; else those that were named are candidates. A service that
// fails is left out. One that does not answer within half of the time that is left makes the resolution Late, and may be known
// to have answered the next time.
func (c *Chain) Find(ctx context.Context, r resolve.Resolution) resolve.Resolution {
	if r.Chosen.Meaning == repo.Repository || len(r.Candidates) > 0 {
		return r
	}
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(end)/2)
		defer cancel()
	}
	found := make([][]hit, len(c.clients))
	errs := make([]error, len(c.clients))
	var wg sync.WaitGroup
	for i, client := range c.clients {
		if client.asks == r.Target.Meaning {
			wg.Go(func() { found[i], errs[i] = c.ask(ctx, client, r.Target) })
		}
	}
	wg.Wait()
	var named []nominee
	for i, client := range c.clients {
		r.Late = r.Late || errors.Is(errs[i], errLate) || errors.Is(errs[i], outbound.ErrLimited)
		for _, h := range found[i] {
			t := c.hosts.Parse("link", h.Address)
			if t.Meaning != repo.Repository {
				continue
			}
			t.Revision, t.Subpath, t.Pinned = "", "", false
			if r.Target.Pinned {
				t.SetVersion(resolve.Tag(r.Target))
			}
			at := slices.IndexFunc(named, func(n nominee) bool { return n.Target.Ref == t.Ref })
			if at < 0 {
				at = len(named)
				named = append(named, nominee{Candidate: resolve.Candidate{Target: t}})
			}
			named[at].by(client, h)
		}
	}
	var vouched, agreed []nominee
	for _, n := range named {
		r.Candidates = append(r.Candidates, n.Candidate)
		if n.exact {
			vouched = append(vouched, n)
		}
		if n.services > 1 {
			agreed = append(agreed, n)
		}
	}
	switch {
	case len(vouched) == 1:
		r.Chosen, r.By = vouched[0].Target, vouched[0].Source
	case len(vouched) == 0 && len(agreed) == 1:
		r.Chosen, r.By, r.Agreed = agreed[0].Target, agreed[0].Source, true
	}
	return r
}

// nominee is a repository that services name.
type nominee struct {
	resolve.Candidate
	last     *client // that named it
	services int
	exact    bool // one of them vouches for it
}

// by notes that a service names it. The same service counts once.
func (n *nominee) by(c *client, h hit) {
	n.exact = n.exact || h.Exact
	switch n.last {
	case c:
		return
	case nil:
		n.Source, n.Evidence = resolve.Source(c.name), h.Evidence
	default:
		n.Source += " and " + resolve.Source(c.name)
		n.Evidence += "; " + h.Evidence
	}
	n.last = c
	n.services++
}

// errLate says that a service is still being asked.
var errLate = errors.New("no answer yet")

// ask returns what a service names, from the store if it was asked lately. All who ask at the same time share a request, which
// goes on when they leave.
func (c *Chain) ask(ctx context.Context, client *client, t repo.Target) ([]hit, error) {
	key := strings.Join([]string{"lookup/1", client.name, client.api.Base().String(), t.Forge, t.Name, t.Revision}, "/")
	var hits []hit
	if c.store != nil {
		if value, found, err := c.store.Get(ctx, key); err == nil && found && json.Unmarshal(value, &hits) == nil {
			return hits, nil
		}
	}
	flight := c.flights.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestAsk)
		defer cancel()
		hits, err := client.find(ctx, client, t)
		if err == nil {
			c.keep(ctx, key, hits)
		} else {
			c.tell(client, err)
		}
		return hits, err
	})
	select {
	case <-ctx.Done():
		return nil, errLate
	case answer := <-flight:
		hits, _ = answer.Val.([]hit)
		return hits, answer.Err
	}
}

// failedEvery is how often it is told that a service fails, in seconds.
const failedEvery = 60

// tell tells that a service failed. That it takes no more requests now is no failure.
func (c *Chain) tell(client *client, err error) {
	now, last := time.Now().Unix(), client.failed.Load()
	if c.Failed == nil || errors.Is(err, outbound.ErrLimited) || now-last < failedEvery || !client.failed.CompareAndSwap(last, now) {
		return
	}
	var sent *url.Error
	if errors.As(err, &sent) { // whose text holds the address, and that what was asked
		err = sent.Err
	}
	c.Failed(client.name, err)
}

func (c *Chain) keep(ctx context.Context, key string, hits []hit) {
	if c.store == nil {
		return
	}
	lifetime := foundFor
	if len(hits) == 0 {
		lifetime = noneFor
	}
	if value, err := json.Marshal(hits); err == nil {
		_ = c.store.Put(ctx, key, value, lifetime) // it only costs the saving
	}
}
