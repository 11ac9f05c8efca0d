package module

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/repo"
)

// owning returns an enrichment whose owners have some repositories, those of the names given by state: late until the deadline,
// early, empty (settled), broken (for a while), else ready.
func owning(t testing.TB, names ...string) *Enrichment {
	t.Helper()
	e := enrichment(t)
	ready := e.Assessor
	e.Owned = func(_ context.Context, owner repo.Target) ([]repo.Target, error) {
		var out []repo.Target
		for _, name := range names {
			out = append(out, e.Renderer.Hosts.Parse("url", owner.Ref.String()+"/"+name))
		}
		return out, nil
	}
	e.Assessor = assessorFunc(func(ctx context.Context, target repo.Target) (*assess.Report, error) {
		switch _, name, _ := strings.Cut(target.Name, "/"); {
		case strings.HasPrefix(name, "late"):
			<-ctx.Done()
			return nil, fmt.Errorf("assess %s: %w", target.Ref, assess.ErrLate)
		case strings.HasPrefix(name, "early"):
			r := sample()
			r.Early, r.Snapshot.Ref, r.Snapshot.Name = true, target.Ref, target.Name
			return r, nil
		case strings.HasPrefix(name, "empty"):
			return nil, fmt.Errorf("assess: %w", &assess.Refusal{Text: "no commit yet", Lifetime: 10 * time.Minute})
		case strings.HasPrefix(name, "broken"):
			return nil, fmt.Errorf("assess: %w", &assess.Refusal{Text: "cannot be read now", Lifetime: time.Minute})
		}
		return ready.Assess(ctx, target)
	})
	return e
}

func TestOwner(t *testing.T) {
	const (
		attribute = `"attribute":{"uuid":"` + input + `","type":"github-organisation","value":"example"}`
		person    = `{"event_id":"1",` + attribute + `}`
		automatic = `{"event_id":"1","attribute_uuid":"` + input + `",` + attribute + `}`
		hover     = `{` + attribute + `}`
	)
	for _, c := range []struct {
		name, body string
		has        []string
		outcome    metrics.Outcome
		objects    string // names in order
		rows       int
		says       string
	}{
		{"all ready", person, []string{"b", "a", "c"}, metrics.Answered, "example/b example/a example/c", 0, ""},
		{"some late", person, []string{"late-1", "a", "late-2", "early"}, metrics.Answered, "example/a example/early", 0,
			"Not yet: example/late-1, example/late-2. Ask again in 20 s."},
		{"some will not come", person, []string{"empty", "a", "broken"}, metrics.Answered, "example/a", 0,
			"Not yet: example/broken. Ask again in 20 s. Left out: example/empty (no commit yet)."},
		{"none ready", person, []string{"late"}, metrics.Late, "", 0, "Not yet: example/late. Ask again in 20 s."},
		{"none will come", person, []string{"empty"}, metrics.Failed, "", 0, "Left out: example/empty (no commit yet)."},
		{"automatic", automatic, []string{"a", "empty", "b"}, metrics.Answered, "example/a example/b", 0, "Left out: example/empty (no commit yet)."},
		{"automatic, one late", automatic, []string{"a", "late"}, metrics.Late, "", 0, "Not yet: example/late. Ask again in 20 s."},
		{"automatic, one early", automatic, []string{"a", "early"}, metrics.Late, "", 0, "Not yet: example/early. Ask again in 20 s."},
		{"automatic, one broken", automatic, []string{"a", "broken"}, metrics.Late, "", 0, "Not yet: example/broken. Ask again in 20 s."},
		{"hover", hover, []string{"a", "late", "empty"}, metrics.Answered, "", 3, "Not yet: example/late. Ask again in 20 s. Left out: example/empty (no commit yet)."},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			e := owning(t, c.has...)
			for range 2 { // drawn, and from the stencil
				a := e.Answer(ctx, query(t, c.body))
				text, err := a.encoded()
				if err != nil {
					t.Fatal(err)
				}
				var got Answer
				if err := json.Unmarshal(text, &got); err != nil {
					t.Fatalf("%v: %.300s", err, text)
				}
				var names []string
				for _, o := range got.Results.Objects {
					checkObject(t, o)
					names = append(names, strings.TrimPrefix(values(o, "repository-link")[0], "https://github.com/"))
					if len(o.References) != 1 || o.References[0].ReferencedUUID != input || o.References[0].ObjectUUID != o.UUID {
						t.Errorf("references %+v", o.References)
					}
					if !strings.Contains(o.Comment, "found by owner listing.") {
						t.Errorf("comment %q", o.Comment)
					}
				}
				if a.Outcome != c.outcome || strings.Join(names, " ") != c.objects || len(got.Results.Attributes) != c.rows || got.Error != c.says {
					t.Errorf("%s: objects %q, rows %+v, %q", a.Outcome, names, got.Results.Attributes, got.Error)
				}
			}
		})
	}
}

// TestOwnerRows has a pop-up tell how each repository stands.
func TestOwnerRows(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	a := owning(t, "a", "late", "empty").Answer(ctx, query(t, `{"attribute":{"type":"url","value":"https://github.com/example/"}}`))
	var rows []string
	for _, r := range a.Results.Attributes {
		rows = append(rows, r.Value)
	}
	want := "example/a: practices progressing, 87/100; 8 of 11 musts met, 2 not met, 1 undecided|example/late: not yet|example/empty: no commit yet"
	if got := strings.Join(rows, "|"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestUnlistedOwner has the candidates stand where the forge lists nothing.
func TestUnlistedOwner(t *testing.T) {
	const (
		known   = `"attribute":{"type":"github-organisation","value":"cve-search"}`
		unknown = `"attribute":{"type":"github-organisation","value":"example"}`
	)
	failing := errors.New("the owner's repositories could not be listed: the rate limit of the forge is used up")
	for _, c := range []struct {
		body    string
		err     error
		outcome metrics.Outcome
		says    string
	}{
		{`{"event_id":"1",` + known + `}`, failing, metrics.Choice, "https://github.com/cve-search: " + failing.Error() + ". This may be https://github.com/cve-search/"},
		{`{"event_id":"1",` + known + `}`, nil, metrics.Choice, "This may be https://github.com/cve-search/"},
		{`{"event_id":"1","attribute_uuid":"` + input + `",` + known + `}`, nil, metrics.Nothing, ""},
		{`{"event_id":"1","attribute_uuid":"` + input + `",` + known + `}`, failing, metrics.Nothing, ""},
		{`{"event_id":"1",` + unknown + `}`, failing, metrics.Failed, "https://github.com/example could not be assessed."},
		{`{"event_id":"1",` + unknown + `}`, nil, metrics.Nothing, "https://github.com/example has no public repository that is neither a fork nor archived nor empty."},
	} {
		e := owning(t)
		e.Owned = func(context.Context, repo.Target) ([]repo.Target, error) { return nil, c.err }
		a := e.Answer(t.Context(), query(t, c.body))
		if a.Outcome != c.outcome || !strings.HasPrefix(a.Error, c.says) || c.says == "" && a.Error != "" || a.ready != nil {
			t.Errorf("%s: %s, %q, want %s, %q", c.body, a.Outcome, a.Error, c.outcome, c.says)
		}
	}
}

// BenchmarkOwner is an answer with ten objects that are drawn already.
func BenchmarkOwner(b *testing.B) {
	e := owning(b, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j")
	q := query(b, `{"event_id":"1","attribute":{"uuid":"`+input+`","type":"github-organisation","value":"example"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if a := e.Answer(b.Context(), q); a.Outcome != metrics.Answered {
			b.Fatal(a.Error)
		}
	}
}
