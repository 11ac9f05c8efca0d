package forge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// Limits on the listing of an owner's repositories. Three full pages of the newest activity hold ten repositories that count,
// unless nearly all are forks or archived.
const (
	ownedAsked = 100 // of one page
	ownedPages = 3
	ownersKept = 256       // owners whose listing is held
	ownersFor  = time.Hour // how long it is taken to stay the same
)

// Owned is a repository of an owner.
type Owned struct {
	Target repo.Target
	Active time.Time // when it was last pushed to, or changed otherwise where the forge does not tell that apart
}

// Owners lists the most active repositories of owners, each owner once an hour for all who ask. It is safe for concurrent use.
type Owners struct {
	apis   map[string]*API
	hosts  *repo.Hosts
	limit  int
	held   *lru.Cache[repo.Ref, heldOwned]
	flight singleflight.Group
}

// heldOwned is the listing of an owner, and until when it is taken to stand.
type heldOwned struct {
	list  []Owned
	until time.Time
}

// NewOwners returns a lister of up to limit repositories of an owner. The APIs are those of the forges that may be asked, by host.
func NewOwners(apis map[string]*API, hosts *repo.Hosts, limit int) *Owners {
	held, _ := lru.New[repo.Ref, heldOwned](ownersKept) // it fails for a size below 1 alone
	return &Owners{apis: apis, hosts: hosts, limit: limit, held: held}
}

// MostActive returns the repositories of an owner that were active last, the newest activity first and then by name. Forks,
// archived, empty and private ones are left out, and the one that holds the owner's default community files. The error is an
// Error, which tells a person why there is no listing.
func (o *Owners) MostActive(ctx context.Context, owner repo.Target) ([]Owned, error) {
	a := o.apis[owner.Ref.Host]
	if owner.Meaning != repo.Owner || a == nil || a.owned == nil || !a.names(owner.Ref.Path+"/x") {
		return nil, &Error{Kind: ErrUnlisted, Detail: "its forge is not asked for it"}
	}
	if held, ok := o.held.Get(owner.Ref); ok && time.Now().Before(held.until) {
		return held.list, nil
	}
	// All who wait get what the first gets, within the time of the first.
	v, err, _ := o.flight.Do(owner.Ref.String(), func() (any, error) {
		list, err := o.list(ctx, a, owner)
		if err != nil {
			_, detail := gapOf(ctx, err)
			if statusOf(err) == http.StatusNotFound {
				detail = "there is no such owner"
			}
			return nil, &Error{Kind: ErrUnlisted, Detail: detail, Cause: err}
		}
		o.held.Add(owner.Ref, heldOwned{list, time.Now().Add(ownersFor)})
		return list, nil
	})
	if err != nil {
		return nil, err
	}
	return v.([]Owned), nil
}

// list asks for page after page until there are enough repositories that count, or no more.
func (o *Owners) list(ctx context.Context, a *API, owner repo.Target) ([]Owned, error) {
	found := []Owned{}
	pages := a.owned(a, owner.Ref.Path)
	for page := 1; page <= ownedPages && len(found) < o.limit; page++ {
		listed, err := pages(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, r := range listed {
			target := o.target(a, owner, r)
			known := slices.ContainsFunc(found, func(have Owned) bool { return have.Target.Ref == target.Ref })
			if target.Meaning == repo.Repository && !known {
				found = append(found, Owned{target, r.active})
			}
		}
		if len(listed) < a.ownedSize {
			break
		}
	}
	slices.SortFunc(found, func(a, b Owned) int {
		return cmp.Or(b.Active.Compare(a.Active), strings.Compare(a.Target.Ref.Path, b.Target.Ref.Path))
	})
	return found[:min(len(found), o.limit)], nil
}

// target returns what a listed repository is to be assessed as; it means nothing if it does not count. The name is text from
// outside: one that is not below the owner, or that would not stay where it is put in a URL, is passed over.
func (o *Owners) target(a *API, owner repo.Target, r owned) repo.Target {
	n := len(owner.Ref.Path)
	below := len(r.name) > n+1 && r.name[n] == '/' && strings.EqualFold(r.name[:n], owner.Ref.Path)
	if r.left || !below || !a.names(r.name) || r.name[n+1:] == a.service.defaults {
		return repo.Target{}
	}
	return o.hosts.Parse("url", owner.Ref.Scheme+"://"+owner.Ref.Host+"/"+r.name)
}

// owned is a repository as a forge lists it.
type owned struct {
	name   string // with that of its owner
	active time.Time
	left   bool // it is a fork, archived, empty or private
}

// lister returns a page of an owner's repositories, the newest activity first; the first page is 1. A page that is not full is the last.
type lister func(ctx context.Context, page int) ([]owned, error)

func gitHubOwned(a *API, owner string) lister {
	return listed(a, []string{"/orgs/" + owner + "/repos", "/users/" + owner + "/repos"},
		url.Values{"sort": {"pushed"}, "direction": {"desc"}, "per_page": {strconv.Itoa(ownedAsked)}},
		func(r *struct {
			FullName string     `json:"full_name"`
			Pushed   *time.Time `json:"pushed_at"` // null before the first push
			Size     int        `json:"size"`
			Fork     bool       `json:"fork"`
			Archived bool       `json:"archived"`
			Disabled bool       `json:"disabled"`
			Private  bool       `json:"private"`
		}) owned {
			left := r.Fork || r.Archived || r.Disabled || r.Private || r.Size == 0 || r.Pushed == nil
			return owned{r.FullName, value(r.Pushed), left}
		})
}

func gitLabOwned(a *API, owner string) lister {
	id := url.PathEscape(owner)
	return listed(a, []string{"/groups/" + id + "/projects", "/users/" + id + "/projects"},
		url.Values{
			"order_by": {"last_activity_at"}, "sort": {"desc"}, "per_page": {strconv.Itoa(ownedAsked)}, "archived": {"false"},
			"include_subgroups": {"true"}, "with_shared": {"false"},
		},
		func(p *struct {
			gitLabProject
			Active *time.Time `json:"last_activity_at"`
			Empty  bool       `json:"empty_repo"`
		}) owned {
			hidden := p.Visibility == repo.VisibilityPrivate || p.Visibility == repo.VisibilityInternal
			archived := p.Archived != nil && *p.Archived
			return owned{p.Path, value(p.Active), hidden || archived || p.Empty || p.ForkedFrom != nil}
		})
}

// giteaOwned asks for the owner first, since only a search has an order and takes a number for the owner.
func giteaOwned(a *API, owner string) lister {
	var who struct {
		ID int64 `json:"id"`
	}
	return func(ctx context.Context, page int) ([]owned, error) {
		if who.ID == 0 {
			if err := a.door.Get(ctx, "/users/"+owner, nil, &who); err != nil {
				return nil, err
			}
			if who.ID <= 0 {
				return nil, errors.New("the owner has no number")
			}
		}
		query := url.Values{
			"uid": {strconv.FormatInt(who.ID, 10)}, "exclusive": {"true"}, "archived": {"false"}, "sort": {"updated"}, "order": {"desc"},
			"limit": {strconv.Itoa(giteaItems)}, "page": {strconv.Itoa(page)},
		}
		var found struct {
			Data []struct {
				giteaRepository
				Updated *time.Time `json:"updated_at"`
				Empty   bool       `json:"empty"`
			} `json:"data"`
		}
		if err := a.door.Get(ctx, "/repos/search", query, &found); err != nil {
			return nil, err
		}
		var out []owned
		for i := range found.Data {
			r := &found.Data[i]
			is := func(b *bool) bool { return b != nil && *b }
			out = append(out, owned{r.FullName, value(r.Updated), is(r.Fork) || is(r.Archived) || is(r.Private) || r.Internal || r.Empty})
		}
		return out, nil
	}
}

// giteaItems is how many entries Gitea gives at most, unless its operator set it otherwise (MAX_RESPONSE_ITEMS).
const giteaItems = 50

// listed asks the first of some paths that is there for its pages: an owner is an organisation or a user, and its name does not tell.
func listed[T any](a *API, paths []string, query url.Values, read func(*T) owned) lister {
	return func(ctx context.Context, page int) ([]owned, error) {
		query.Set("page", strconv.Itoa(page))
		var list []T
		err := a.door.Get(ctx, paths[0], query, &list)
		for page == 1 && len(paths) > 1 && statusOf(err) == http.StatusNotFound {
			paths = paths[1:]
			err = a.door.Get(ctx, paths[0], query, &list)
		}
		if err != nil {
			return nil, fmt.Errorf("list repositories: %w", err)
		}
		out := make([]owned, len(list))
		for i := range list {
			out[i] = read(&list[i])
		}
		return out, nil
	}
}

// statusOf returns the status of an answer that is an error, 0 for any other error and for none.
func statusOf(err error) int {
	var status outbound.StatusError
	if errors.As(err, &status) {
		return int(status)
	}
	return 0
}

func value(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
