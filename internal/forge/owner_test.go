package forge

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// owners lists what the API says of owners at a host.
func owners(t testing.TB, a *API, limit int) (*Owners, *repo.Hosts) {
	t.Helper()
	hosts, err := repo.NewHosts(repo.Host{Name: "lab.example.org", Kind: repo.GitLab}, repo.Host{Name: "tea.example.org", Kind: repo.Gitea})
	if err != nil {
		t.Fatal(err)
	}
	return NewOwners(map[string]*API{a.host: a}, hosts, limit), hosts
}

// names are the repositories of a listing, as owner/name.
func names(list []Owned) string {
	var out []string
	for _, o := range list {
		out = append(out, o.Target.Name)
	}
	return strings.Join(out, " ")
}

const gitHubList = `[
	{"full_name":"Example/newest","pushed_at":"2026-03-01T00:00:00Z","size":9},
	{"full_name":"Example/fork","pushed_at":"2026-02-09T00:00:00Z","size":9,"fork":true},
	{"full_name":"Example/archived","pushed_at":"2026-02-08T00:00:00Z","size":9,"archived":true},
	{"full_name":"Example/empty","pushed_at":"2026-02-07T00:00:00Z","size":0},
	{"full_name":"Example/never-pushed","pushed_at":null,"size":9},
	{"full_name":"Example/private","pushed_at":"2026-02-06T00:00:00Z","size":9,"private":true},
	{"full_name":"Example/.github","pushed_at":"2026-02-05T00:00:00Z","size":9},
	{"full_name":"Example/b-same-day","pushed_at":"2026-02-01T00:00:00Z","size":9},
	{"full_name":"Example/a-same-day","pushed_at":"2026-02-01T00:00:00Z","size":9},
	{"full_name":"Example/old","pushed_at":"2020-01-01T00:00:00Z","size":9}]`

func TestMostActive(t *testing.T) {
	const gitLabList = `[
		{"path_with_namespace":"Example/sub/tool","last_activity_at":"2026-03-01T00:00:00Z","visibility":"public"},
		{"path_with_namespace":"example/fork","last_activity_at":"2026-02-01T00:00:00Z","forked_from_project":{"id":1}},
		{"path_with_namespace":"example/empty","last_activity_at":"2026-02-01T00:00:00Z","empty_repo":true},
		{"path_with_namespace":"example/inside","last_activity_at":"2026-02-01T00:00:00Z","visibility":"internal"},
		{"path_with_namespace":"example/archived","last_activity_at":"2026-02-01T00:00:00Z","archived":true},
		{"path_with_namespace":"example/old","last_activity_at":"2020-01-01T00:00:00Z"}]`
	const giteaList = `{"ok":true,"data":[
		{"full_name":"example/tool","updated_at":"2026-03-01T00:00:00Z","fork":false},
		{"full_name":"example/fork","updated_at":"2026-02-01T00:00:00Z","fork":true},
		{"full_name":"example/empty","updated_at":"2026-02-01T00:00:00Z","empty":true}]}`
	for _, c := range []struct {
		name, host, kind, owner string
		answers                 map[string]string
		limit                   int
		want                    string
		asked                   string // paths, in order
	}{
		{"organisation", "github.com", repo.GitHub, "https://github.com/Example/", map[string]string{"/orgs/example/repos": gitHubList}, 10,
			"Example/newest Example/a-same-day Example/b-same-day Example/old", "/orgs/example/repos"},
		{"user", "github.com", repo.GitHub, "https://github.com/Example", map[string]string{"/users/example/repos": gitHubList}, 2,
			"Example/newest Example/a-same-day", "/orgs/example/repos /users/example/repos"},
		{"owner without repositories", "github.com", repo.GitHub, "https://github.com/example", map[string]string{"/users/example/repos": "[]"}, 2,
			"", "/orgs/example/repos /users/example/repos"},
		{"group", "lab.example.org", repo.GitLab, "https://lab.example.org/groups/Example", map[string]string{"/groups/example/projects": gitLabList}, 10,
			"Example/sub/tool example/old", "/groups/example/projects"},
		{"user of GitLab", "lab.example.org", repo.GitLab, "https://lab.example.org/example", map[string]string{"/users/example/projects": gitLabList}, 1,
			"Example/sub/tool", "/groups/example/projects /users/example/projects"},
		{"Gitea", "tea.example.org", repo.Gitea, "https://tea.example.org/example",
			map[string]string{"/users/example": `{"id":7}`, "/repos/search": giteaList}, 10, "example/tool", "/users/example /repos/search"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakeAPI(t)
			for path, text := range c.answers {
				f.answers[path] = says(text)
			}
			o, hosts := owners(t, f.api(t, c.host, c.kind, nil), c.limit)
			owner := hosts.Parse("url", c.owner)
			for range 2 { // the second time it is held
				list, err := o.MostActive(t.Context(), owner)
				if err != nil || names(list) != c.want {
					t.Fatalf("%q, %v, want %q", names(list), err, c.want)
				}
			}
			asked, _ := f.take()
			for i := range asked {
				asked[i], _, _ = strings.Cut(asked[i], "?")
			}
			if got := strings.Join(asked, " "); got != c.asked {
				t.Errorf("asked %q, want %q", got, c.asked)
			}
		})
	}
}

// TestHostileListing has a forge list more than anybody wants, names that are none, and pages without an end.
func TestHostileListing(t *testing.T) {
	f := newFakeAPI(t)
	f.answers["/orgs/many/repos"] = func(w http.ResponseWriter, r *http.Request) {
		var page int
		_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
		var list []string
		for i := range 100 {
			list = append(list, fmt.Sprintf(`{"full_name":"many/fork-%d","pushed_at":"2026-01-01T00:00:00Z","size":1,"fork":true}`, 100*page+i))
		}
		fmt.Fprint(w, "["+strings.Join(list, ",")+"]")
	}
	loop := fmt.Sprintf(`[%s{"full_name":"loop/one","pushed_at":"2026-01-01T00:00:00Z","size":1}]`,
		strings.Repeat(`{"full_name":"loop/fork","size":1,"fork":true},`, 99))
	f.answers["/orgs/loop/repos"] = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", `<`+f.URL+r.URL.Path+`?page=1>; rel="next", <https://elsewhere.example.org/>; rel="last"`)
		fmt.Fprint(w, loop)
	}
	f.answers["/orgs/odd/repos"] = says(`[
		{"full_name":"odd/a\u0000b","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"odd/\u001b[31mred","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"odd/new\nline","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"odd/..","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"odd/a/../../../x","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"odd/x?y=z","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"other/tool","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"oddly/tool","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"odd","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"","pushed_at":"2026-01-01T00:00:00Z","size":1},
		{"full_name":"odd/good","pushed_at":"2026-01-01T00:00:00Z","size":1}]`)
	o, hosts := owners(t, f.api(t, "github.com", repo.GitHub, nil), 10)
	for owner, want := range map[string]struct {
		names    string
		requests int
	}{"many": {"", ownedPages}, "loop": {"loop/one", ownedPages}, "odd": {"odd/good", 1}} {
		list, err := o.MostActive(t.Context(), hosts.Parse("github-organisation", owner))
		asked, _ := f.take()
		if err != nil || names(list) != want.names || len(asked) != want.requests {
			t.Errorf("%s: %q, %v by %d requests, want %q by %d", owner, names(list), err, len(asked), want.names, want.requests)
		}
	}
}

// TestListingIsAskedConditionally has a listing that did not change cost nothing, and one that cannot be had say why.
func TestListingIsAskedConditionally(t *testing.T) {
	f := newFakeAPI(t)
	f.tagged = true
	f.answers["/orgs/example/repos"] = says(gitHubList)
	answers := &kept{}
	for range 2 {
		o, hosts := owners(t, f.api(t, "github.com", repo.GitHub, answers), 10)
		if list, err := o.MostActive(t.Context(), hosts.Parse("url", "https://github.com/example")); err != nil || len(list) != 4 {
			t.Fatalf("%v, %v", list, err)
		}
	}
	if _, statuses := f.take(); fmt.Sprint(statuses) != "[200 304]" {
		t.Errorf("statuses %v", statuses)
	}
}

func TestUnlisted(t *testing.T) {
	f := newFakeAPI(t)
	f.answers["/orgs/broken/repos"] = fails(http.StatusBadGateway)
	f.answers["/orgs/strange/repos"] = says(`{"message":"no list"}`)
	f.answers["/orgs/limited/repos"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	o, hosts := owners(t, f.api(t, "github.com", repo.GitHub, nil), 10)
	for _, c := range []struct{ owner, says string }{
		{"https://github.com/nobody", "there is no such owner"},
		{"https://github.com/broken", "the forge answered with status 502"},
		{"https://github.com/strange", "its answer cannot be read"},
		{"https://gitlab.com/example", "its forge is not asked for it"},
		{"https://git.sr.ht/~example", "its forge is not asked for it"},
		{"https://github.com/example/tool", "its forge is not asked for it"},
		{"https://github.com/limited", "the rate limit of the forge is used up"},
		{"https://github.com/example", "the rate limit of the forge is used up"}, // the book remembers
	} {
		list, err := o.MostActive(t.Context(), hosts.Parse("url", c.owner))
		var known *Error
		if list != nil || !errors.Is(err, ErrUnlisted) || !errors.As(err, &known) || !strings.Contains(known.Detail, c.says) || known.Advice() == "" {
			t.Errorf("%s: %v, %v, want %q", c.owner, list, err, c.says)
		}
	}
	if asked, _ := f.take(); len(asked) != 5 {
		t.Errorf("%d requests: %v", len(asked), asked)
	}
}

// TestListingOfDarkForge has a forge that does not answer hold up nobody beyond the deadline.
func TestListingOfDarkForge(t *testing.T) {
	f := newFakeAPI(t)
	f.answers["/orgs/example/repos"] = hangs
	a, err := NewAPI(Host{Name: "github.com", Kind: repo.GitHub, API: f.URL + "/api/", Private: true}, nil, outbound.APIObserver{})
	if err != nil {
		t.Fatal(err)
	}
	o, hosts := owners(t, a, 10)
	ctx, cancel := until(t.Context(), time.Now().Add(50*time.Millisecond))
	defer cancel()
	if _, err := o.MostActive(ctx, hosts.Parse("url", "https://github.com/example")); !errors.Is(err, ErrUnlisted) || !strings.Contains(err.Error(), "in time") {
		t.Error(err)
	}
}
