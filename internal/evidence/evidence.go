// Package evidence asks services on the web what neither git nor the forge tells of a project. An operator chooses which are
// asked. They are told what a public repository tells everybody, and nothing of any other.
package evidence

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// Collector is what collects by git and from the forge.
type Collector interface {
	// Collect returns a snapshot, or an error if there is none at all.
	Collect(ctx context.Context, q repo.Request) (*repo.Snapshot, error)
}

// service is a row of the table of services.
type service struct {
	name string
	kind repo.Kind
	base string // URL that begins the requests, empty where only sites are asked
	// ask puts the fact into what is known. It runs beside the other services.
	ask func(ctx context.Context, c *client, q subject, into *repo.Elsewhere)
	// recall puts the last that was known in the place of the fact.
	recall func(s, last *repo.Snapshot, now time.Time)
}

var services = []service{
	{"security-txt", repo.SecurityText, "", askSecurityText, recallSecurityText},
	{"openpgp-keys", repo.Keys, "https://keys.openpgp.org/", askKeys, recallKeys},
	{"osv", repo.OSV, "https://api.osv.dev/", askOSV, recallOSV},
	{"vulnerability-lookup", repo.CVEs, "https://vulnerability.circl.lu/api/", askCVEs, recallCVEs},
}

// Names lists the services.
func Names() []string {
	var names []string
	for i := range services {
		names = append(names, services[i].name)
	}
	return names
}

// subject is what is asked about.
type subject struct {
	*repo.Snapshot
	repo.Questions
}

// Config is what an operator says of the services.
type Config struct {
	// Hosted reports whether the host of a repository is one that everybody can reach, as far as the operator says.
	Hosted func(repo.Ref) bool
	// Known returns what is known of a repository for sure: the products that are made of it, as VENDOR:PRODUCT of CPE names, and the
	// package URLs, without a version, of the packages.
	Known func(repo.Ref) (products, packages []string)
	// Sites are the domains that projects and their contacts have which may be contacted, with all below them. Hosts that are
	// none of them are contacted if AnySite is set: by https at its usual port, at a public address. Behind a proxy, which nothing
	// holds to public addresses, they are not.
	Sites   []string
	AnySite bool
	Proxy   *url.URL         // by which services and sites are reached that are not the operator's own; nil for none
	Answers outbound.Answers // keeps answers for conditional requests; it may be nil
	// Answered is told of each answer of a service, with its status, 0 if none came. It may be nil.
	Answered func(service string, status int)
}

// Chain adds what services say to the snapshots of a collector. It is safe for concurrent use.
type Chain struct {
	Config
	next    Collector
	clients []*client
}

// client is an opened service.
type client struct {
	*service
	chain *Chain
	api   *outbound.API
	// site opens a site of a project at the path that begins the requests.
	site func(host, path string) (*outbound.API, error)
}

// New opens services, as outbound.Choose reads them; one that the operator runs may have any address. Without specs the collector is
// returned as it is.
func New(specs []string, c Config, next Collector) (Collector, error) {
	if len(specs) == 0 {
		return next, nil
	}
	chosen, err := outbound.Choose(specs, Names())
	if err != nil {
		return nil, err
	}
	chain := &Chain{Config: c, next: next}
	for _, one := range chosen {
		s := &services[slices.IndexFunc(services, func(s service) bool { return s.name == one.Name })]
		if one.Own != "" && s.base == "" {
			return nil, fmt.Errorf("service %s: it has no URL: the sites of projects are asked", s.name)
		}
		client := &client{service: s, chain: chain}
		client.site = client.openSite
		if base := cmp.Or(one.Own, s.base); base != "" {
			if client.api, err = client.open(base, one.Own != ""); err != nil {
				return nil, fmt.Errorf("service %s: %w", s.name, err)
			}
		}
		chain.clients = append(chain.clients, client)
	}
	return chain, nil
}

// open returns the door to an address.
func (c *client) open(base string, private bool) (*outbound.API, error) {
	observe := outbound.APIObserver{}
	if answered := c.chain.Answered; answered != nil {
		observe.Answered = func(status int) { answered(c.name, status) }
	}
	return outbound.NewAPI(outbound.APIConfig{Name: c.name, Base: base, Private: private, Posts: c.kind == repo.OSV, Proxy: c.chain.Proxy, Answers: c.chain.Answers, Observe: observe})
}

// Collect implements Collector. The services are asked side by side when the rest is there, and are late after q.Soon.
func (c *Chain) Collect(ctx context.Context, q repo.Request) (*repo.Snapshot, error) {
	if tell := q.Early; tell != nil {
		q.Early = func(s *repo.Snapshot) {
			s.Elsewhere = c.lacking(repo.Late, "still on its way")
			c.recall(s, q.Old)
			tell(s)
		}
	}
	s, err := c.next.Collect(ctx, q)
	if err != nil {
		return nil, err
	}
	if !c.public(s) {
		s.Elsewhere = c.lacking(repo.Unsupported, "only public repositories at public hosts are asked about")
		return s, nil
	}
	if !q.Soon.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, q.Soon)
		defer cancel()
	}
	c.ask(ctx, s, q.Ask)
	c.recall(s, q.Old)
	return s, nil
}

// ask asks the services side by side.
func (c *Chain) ask(ctx context.Context, s *repo.Snapshot, ask func(*repo.Snapshot) repo.Questions) {
	into := c.lacking(repo.Late, "it was not asked in time")
	about := subject{s, ask(s)}
	var side sync.WaitGroup
	site := make(chan struct{})
	if !slices.ContainsFunc(c.clients, func(c *client) bool { return c.kind == repo.SecurityText }) {
		close(site)
	}
	for _, client := range c.clients { // each writes its own fact
		side.Go(func() {
			about := about
			switch client.kind {
			case repo.SecurityText:
				defer close(site)
			case repo.Keys: // the site may name a contact and a key
				<-site
				seen := *s
				seen.Elsewhere = &repo.Elsewhere{SecurityText: into.SecurityText}
				about = subject{s, ask(&seen)}
			}
			client.ask(ctx, client, about, into)
		})
	}
	side.Wait()
	s.Elsewhere = into
}

// lacking returns what is known when no service has answered: those that are not asked are Unasked.
func (c *Chain) lacking(g repo.Gap, detail string) *repo.Elsewhere {
	s := &repo.Snapshot{}
	for _, client := range c.clients {
		s.SetGap(client.kind, g, detail)
	}
	return s.Elsewhere
}

func (c *Chain) recall(s, last *repo.Snapshot) {
	if last == nil || last.Elsewhere == nil || s.Forge.Known() && last.Forge.Known() && s.Forge.Value.ID != last.Forge.Value.ID {
		return // nothing is known, or it is about another repository that had the same name
	}
	now := time.Now()
	for _, client := range c.clients {
		client.recall(s, last, now)
	}
}

// public reports whether a repository is one that everybody can read, at a host that everybody can reach.
func (c *Chain) public(s *repo.Snapshot) bool {
	host := (&url.URL{Host: s.Ref.Host}).Hostname()
	_, err := netip.ParseAddr(host)
	told := s.Forge.Value.Visibility
	return s.Ref.Scheme == "https" && err != nil && strings.Contains(host, ".") && c.Hosted(s.Ref) && s.Public.Known() && s.Public.Value &&
		(!s.Forge.Known() || told == "" || told == repo.VisibilityPublic)
}

// gather asks side by side and returns what was found, in the order of the questions. What was found tells more than that another
// question failed, so that there is a gap only without it.
func gather[T any](ctx context.Context, asks []func() (*T, error)) repo.Fact[[]T] {
	found, errs := make([]*T, len(asks)), make([]error, len(asks))
	var side sync.WaitGroup
	for i, ask := range asks {
		side.Go(func() { found[i], errs[i] = ask() })
	}
	side.Wait()
	fact := repo.Known([]T(nil))
	for _, f := range found {
		if f != nil {
			fact.Value = append(fact.Value, *f)
		}
	}
	for _, err := range errs {
		if err != nil && len(fact.Value) == 0 && fact.Known() {
			fact.Gap, fact.Detail = gapOf(ctx, err)
		}
	}
	return fact
}

// distinct returns the first n different strings.
func distinct(all []string, n int) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool {
		if seen[s] || len(seen) == n {
			return true
		}
		seen[s] = true
		return false
	})
}
