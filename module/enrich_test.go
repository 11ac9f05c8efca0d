package module

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

func query(t testing.TB, body string) *Query {
	t.Helper()
	q, err := ParseQuery([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestSubjects tells which queries are answered with an object, with a pop-up or with nothing, and to what the object refers.
func TestSubjects(t *testing.T) {
	const (
		uuid    = `"uuid":"` + input + `"`
		tool    = `"type":"github-repository","value":"example/tool"`
		auto    = `"event_id":"1","attribute_uuid":"` + input + `",`
		ofOurs  = `"object_relation":"repository-link",`
		inOurs  = `"Object":{"name":"csirt-tooling-assessment"},`
		ofTheir = `"object_relation":"repository","Object":{"name":"github-user"},`
	)
	for _, c := range []struct {
		name, body string
		outcome    metrics.Outcome
		rows       int    // attributes of the object, -1 for many
		refers     string // uuid that the object refers to
	}{
		{"attribute", `{"event_id":"1","attribute":{` + uuid + `,` + tool + `}}`, metrics.Answered, -1, input},
		{"whole event", `{` + auto + `"attribute":{` + uuid + `,` + tool + `}}`, metrics.Answered, -1, input},
		{"without uuid", `{"event_id":"1","attribute":{` + tool + `}}`, metrics.Answered, -1, ""},
		{"with a broken uuid", `{"event_id":"1","attribute":{"uuid":"7",` + tool + `}}`, metrics.Answered, -1, ""},
		{"hover", `{"attribute":{` + uuid + `,` + tool + `}}`, metrics.Answered, 12, ""},
		{"old format", `{` + auto + `"github-repository":"example/tool"}`, metrics.Answered, -1, ""},
		{"old format, hover", `{"link":"https://github.com/example/tool"}`, metrics.Answered, 12, ""},
		{"object", `{"event_id":"1","object":{"name":"software","Attribute":[{"type":"text","value":"x"},{"type":"link","value":"https://example.org/"},{` + uuid + `,` + tool + `}]}}`,
			metrics.Answered, -1, input},
		{"object without a repository", `{"event_id":"1","object":{"name":"software","Attribute":[{"type":"text","value":"example/tool"}]}}`, metrics.Nothing, 0, ""},
		{"issue of a repository", `{"event_id":"1","attribute":{` + uuid + `,"type":"url","value":"https://github.com/example/tool/issues/3"}}`, metrics.Answered, -1, input},
		{"another object's attribute", `{` + auto + `"attribute":{` + uuid + `,` + ofTheir + tool + `}}`, metrics.Answered, -1, input},

		{"our attribute comes back", `{` + auto + `"attribute":{` + uuid + `,` + ofOurs + tool + `}}`, metrics.Own, 0, ""},
		{"our object comes back", `{` + auto + `"attribute":{` + uuid + `,` + inOurs + tool + `}}`, metrics.Own, 0, ""},
		{"a person checks our attribute again", `{"event_id":"1","attribute":{` + uuid + `,` + ofOurs + tool + `}}`, metrics.Answered, -1, ""},
		{"a person checks our object again", `{"event_id":"1","object":{"name":"csirt-tooling-assessment","Attribute":[{` + uuid + `,` + tool + `}]}}`, metrics.Answered, -1, ""},
		{"a person hovers over our attribute", `{"attribute":{` + uuid + `,` + ofOurs + tool + `}}`, metrics.Answered, 12, ""},

		{"another type", `{"event_id":"1","attribute":{"type":"vulnerability","value":"CVE-2020-1"}}`, metrics.Nothing, 0, ""},
		{"text is not taken", `{"event_id":"1","attribute":{"type":"text","value":"https://github.com/example/tool"}}`, metrics.Nothing, 0, ""},
		{"another page", `{"event_id":"1","attribute":{"type":"url","value":"https://www.example.org/a"}}`, metrics.Nothing, 0, ""},
		{"an owner", `{"event_id":"1","attribute":{"type":"link","value":"https://github.com/example"}}`, metrics.Nothing, 0, ""},
		{"old format of another type", `{"event_id":"1","domain":"github.com"}`, metrics.Nothing, 0, ""},
		{"nothing at all", `{"event_id":"1"}`, metrics.Nothing, 0, ""},
		{"an address of the local network", `{"event_id":"1","attribute":{"type":"url","value":"http://127.0.0.1:8080/example/tool.git"}}`, metrics.Refused, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := enrichment(t).Answer(t.Context(), query(t, c.body))
			if a.Outcome != c.outcome {
				t.Fatalf("%s, want %s", a.Outcome, c.outcome)
			}
			if c.rows == 0 {
				if a.ready != nil || a.Results.Objects != nil || a.Results.Attributes != nil {
					t.Errorf("results %+v", a.Results)
				}
				if told := a.Error != ""; told != (c.outcome == metrics.Refused) {
					t.Errorf("error %q", a.Error)
				}
				return
			}
			if a.Error != "" {
				t.Fatalf("answer %+v", a)
			}
			o := decoded(t, a.ready)
			if n := len(o.Attributes); c.rows > 0 && n > c.rows || c.rows < 0 && n < 30 {
				t.Errorf("%d attributes", n)
			}
			refers := ""
			if len(o.References) == 1 {
				refers = o.References[0].ReferencedUUID
			}
			if refers != c.refers || len(o.References) > 1 {
				t.Errorf("references %+v, want to %q", o.References, c.refers)
			}
			for _, attribute := range o.Attributes {
				if attribute.UUID == input {
					t.Error("the attribute that was asked about comes back")
				}
			}
		})
	}
}

// TestSoftware has values and objects that name software lead to its repository.
func TestSoftware(t *testing.T) {
	const uuid = `"uuid":"` + input + `"`
	for _, c := range []struct {
		name, body string
		outcome    metrics.Outcome
		says       string // in the answer or its error
		text       bool   // text is taken too
	}{
		{"CPE name", `{"event_id":"1","attribute":{` + uuid + `,"type":"cpe","value":"cpe:2.3:a:misp:misp:2.4.100:*:*:*:*:*:*:*"}}`, metrics.Answered, "was found by catalogue", false},
		{"object", `{"event_id":"1","object":{"uuid":"` + input + `","name":"software","Attribute":[{"object_relation":"name","type":"text","value":"IntelMQ"}]}}`,
			metrics.Answered, `"referenced_uuid":"` + input + `"`, false},
		{"moved", `{"event_id":"1","attribute":{` + uuid + `,"type":"link","value":"https://github.com/CIRCL/AIL-framework"}}`, metrics.Answered, "ail-project/ail-framework", false},
		{"owner", `{"event_id":"1","attribute":{` + uuid + `,"type":"github-organisation","value":"cve-search"}}`, metrics.Choice, "Enrich a link to the one that is meant", false},
		{"owner, by itself", `{"event_id":"1","attribute_uuid":"` + input + `","attribute":{` + uuid + `,"type":"github-organisation","value":"cve-search"}}`, metrics.Nothing, "", false},
		{"owner, hover", `{"attribute":{` + uuid + `,"type":"github-organisation","value":"cve-search"}}`, metrics.Choice, "may be https://github.com/cve-search/cve-search", false},
		{"text", `{"event_id":"1","attribute":{` + uuid + `,"type":"text","value":"pkg:pypi/intelmq@3.4.0"}}`, metrics.Nothing, "", false},
		{"text that is taken", `{"event_id":"1","attribute":{` + uuid + `,"type":"text","value":"pkg:pypi/intelmq"}}`, metrics.Answered, "certtools/intelmq", true},
		{"a word that is taken for text", `{"event_id":"1","attribute":{` + uuid + `,"type":"text","value":"MISP"}}`, metrics.Nothing, "", true},
		{"and/or", `{"event_id":"1","attribute":{` + uuid + `,"type":"text","value":"and/or"}}`, metrics.Nothing, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := enrichment(t)
			e.Text = c.text
			a := e.Answer(t.Context(), query(t, c.body))
			text, err := a.encoded()
			if err != nil || a.Outcome != c.outcome || !strings.Contains(string(text), c.says) {
				t.Errorf("%s, want %s: %.600s lacks %q", a.Outcome, c.outcome, text, c.says)
			}
		})
	}
}

// TestLookup has the web asked about software that leads nowhere, and about nothing else.
func TestLookup(t *testing.T) {
	const uuid = `"uuid":"` + input + `"`
	for body, asked := range map[string]bool{
		`{"event_id":"1","attribute":{` + uuid + `,"type":"cpe","value":"cpe:2.3:a:example:unheard_of:1.0:*:*:*:*:*:*:*"}}`: true,
		`{"event_id":"1","attribute":{` + uuid + `,"type":"cpe","value":"cpe:2.3:a:misp:misp:2.4.100:*:*:*:*:*:*:*"}}`:      false,
		`{"event_id":"1","attribute":{` + uuid + `,"type":"link","value":"https://github.com/example/tool"}}`:               false,
		`{"event_id":"1","attribute":{` + uuid + `,"type":"url","value":"https://www.example.org/a"}}`:                      false,
	} {
		e, was := enrichment(t), false
		e.Lookup = func(_ context.Context, r resolve.Resolution) resolve.Resolution {
			was = true
			r.Chosen, r.By = e.Renderer.Hosts.Parse("link", "https://github.com/example/tool"), "deps.dev"
			return r
		}
		a := e.Answer(t.Context(), query(t, body))
		if was != asked || asked && !strings.Contains(string(a.ready), "was found by deps.dev") {
			t.Errorf("%s: asked %v, want %v; %.300s", body, was, asked, a.ready)
		}
	}
}

// TestLateLookup has a person told that a service has not answered yet, in a pop-up too.
func TestLateLookup(t *testing.T) {
	const attribute = `"attribute":{"type":"cpe","value":"cpe:2.3:a:example:unheard_of:1.0:*:*:*:*:*:*:*"}}`
	e := enrichment(t)
	e.Lookup = func(_ context.Context, r resolve.Resolution) resolve.Resolution {
		r.Late = true
		return r
	}
	for body, rows := range map[string]int{`{"event_id":"1",` + attribute: 0, `{` + attribute: 1} {
		a := e.Answer(t.Context(), query(t, body))
		if a.Outcome != metrics.Late || a.Error != "It is still being looked up which repository this is. Ask again in 20 s." || len(a.Results.Attributes) != rows {
			t.Errorf("%s: %+v", body, a)
		}
	}
}

// TestEarlyReport has a person told what is known at the deadline, and nobody else.
func TestEarlyReport(t *testing.T) {
	e := enrichment(t)
	e.Assessor = assessorFunc(func(context.Context, repo.Target) (*assess.Report, error) {
		r := sample()
		r.Early = true
		return r, nil
	})
	for body, want := range map[string]metrics.Outcome{
		`{"github-repository":"Example/Tool"}`:                                                 metrics.Answered,
		`{"github-repository":"Example/Tool","event_id":"1"}`:                                  metrics.Answered,
		`{"github-repository":"Example/Tool","event_id":"1","attribute_uuid":"` + input + `"}`: metrics.Late,
	} {
		if a := e.Answer(t.Context(), query(t, body)); a.Outcome != want || (a.ready != nil) != (want == metrics.Answered) {
			t.Errorf("%s: %s, want %s", body, a.Outcome, want)
		}
	}
}

type advised struct{}

func (advised) Error() string  { return "not public or not there" }
func (advised) Advice() string { return "Check the spelling." }

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name    string
		err     error
		outcome metrics.Outcome
		says    string
		row     bool // a hover shows it
		logged  string
	}{
		{"with advice", fmt.Errorf("assess: %w", advised{}), metrics.Failed, "https://github.com/example/tool: not public or not there. Check the spelling.", false, "not public or not there"},
		{"late", fmt.Errorf("assess: %w", assess.ErrLate), metrics.Late, "https://github.com/example/tool is still being read. Ask again in 20 s.", true, "assess: "},
		{"busy", fmt.Errorf("assess: %w", assess.ErrBusy), metrics.Late, "https://github.com/example/tool is still being read. Ask again in 20 s.", true, "assess: "},
		{"anything else", errors.New("assess https://github.com/example/tool: fetch Example/Tool: disk full"), metrics.Failed,
			"https://github.com/example/tool could not be assessed. The log of misp-csirt-tooling says why; ask again later.", false,
			"assess [repository]: fetch [repository]: disk full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := enrichment(t)
			e.Assessor = assessorFunc(func(context.Context, repo.Target) (*assess.Report, error) { return nil, c.err })
			for body, hover := range map[string]bool{`{"github-repository":"Example/Tool"}`: true, `{"github-repository":"Example/Tool","event_id":"1"}`: false} {
				a := e.Answer(t.Context(), query(t, body))
				if a.Outcome != c.outcome || a.Error != c.says || !strings.Contains(a.Why, c.logged) || a.Host != "github.com" {
					t.Errorf("answer %+v", a)
				}
				rows := a.Results.Attributes
				if want := hover && c.row; (len(rows) == 1) != want || want && rows[0].Value != c.says || a.Results.Objects != nil {
					t.Errorf("hover %v: rows %+v", hover, rows)
				}
			}
		})
	}
}

func TestDescriptor(t *testing.T) {
	d := enrichment(t).Module().Descriptor
	text := encoded(t, []Descriptor{d})
	for _, want := range []string{
		`"name":"csirt_tooling"`, `"type":"expansion"`, `"format":"misp_standard"`, `"config":[]`, `"requirements":[]`,
		`"module-type":["expansion","hover"]`, `"version":"test"`, `"logo":`, `"features":`, `"references":[`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	for _, never := range []string{"vulnerability", "text"} {
		if slices.Contains(d.MISPAttributes.Input, never) {
			t.Errorf("input %s: MISP would send each of them", never)
		}
	}
	if !slices.Equal(d.MISPAttributes.Input[:3], []string{"github-repository", "link", "url"}) || d.Meta.Description == "" || strings.Contains(text, "null") {
		t.Errorf("descriptor %s", text)
	}
}

// TestLogNamesNoRepository takes every name of a repository out of what is logged, and leaves the words.
func TestLogNamesNoRepository(t *testing.T) {
	at := func(path, name string) repo.Target {
		return repo.Target{Ref: repo.Ref{Scheme: "https", Host: "forge.example.org", Path: path}, Name: name}
	}
	for _, tt := range []struct {
		target       repo.Target
		says, logged string
	}{
		{at("owner/project", "Owner/Project"), "assess https://forge.example.org/owner/project: Owner/Project is away", "assess [repository]: [repository] is away"},
		{at("owner/project", "Owner/Project"), "fatal: repository 'https://forge.example.org/new/name/' not found", "fatal: repository 'https://forge.example.org/[repository]' not found"},
		{at("a", "a"), "assess https://forge.example.org/a: cannot read a at all", "assess [repository]: cannot read [repository] at all"},
		{at("owner", ""), "the API at https://api.example.org/ has no owner, (https://api.example.org/orgs/owner).", "the API at https://api.example.org/ has no [repository], (https://api.example.org/[repository])."},
	} {
		if got := anonymous(tt.target, errors.New(tt.says)); got != tt.logged {
			t.Errorf("%s is logged as\n%s, want\n%s", tt.says, got, tt.logged)
		}
	}
}
