package module

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/metrics"
)

func TestParseQuery(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       Query
		kind       metrics.Kind
	}{
		{
			"attribute", `{"module":"m","event_id":"4","attribute":{"uuid":"u","type":"url","value":"v","object_relation":null}}`,
			Query{Module: "m", EventID: "4", Attribute: &Attribute{UUID: "u", Type: "url", Value: "v"}}, metrics.Enrichment,
		},
		{
			"numbers for ids", `{"module":"m","event_id":4,"attribute":{"id":7,"type":"url","value":12}}`,
			Query{Module: "m", EventID: "4", Attribute: &Attribute{Type: "url", Value: "12"}}, metrics.Enrichment,
		},
		{
			"whole event", `{"module":"m","event_id":"4","attribute_uuid":"u","attribute":{"Object":{"id":"1","name":"software"},"object_relation":"r"}}`,
			Query{Module: "m", EventID: "4", AttributeUUID: "u", Attribute: &Attribute{Relation: "r", Object: "software"}}, metrics.Automatic,
		},
		{
			"workflow with the record of a user", `{"user":{"email":"user@example.org"},"event_id":"4","module":"m"}`,
			Query{Module: "m", EventID: "4", byUser: true}, metrics.Automatic,
		},
		{
			"hover", `{"module":"m","persistent":1,"config":{"a":null},"attribute":{"type":"link","value":"v"}}`,
			Query{Module: "m", Attribute: &Attribute{Type: "link", Value: "v"}}, metrics.Hover,
		},
		{
			"object", `{"module":"m","event_id":"4","object":{"name":"n","Attribute":[{"type":"url","value":"v"},null,3,{"type":"text"}]}}`,
			Query{Module: "m", EventID: "4", Object: &Object{Name: "n", Attributes: []Attribute{{Type: "url", Value: "v"}, {Type: "text"}}}},
			metrics.Enrichment,
		},
		{
			"lists for empty maps and null", `{"module":"m","attribute":[],"object":null,"user":[],"config":[],"event_id":null}`,
			Query{Module: "m"}, metrics.Hover,
		},
		{
			"types of nonsense", `{"module":["m"],"attribute":"a","object":true,"timeout":{},"event_id":false}`,
			Query{}, metrics.Hover,
		},
		{"timeout as text", `{"timeout":"2.5"}`, Query{Seconds: 2.5}, metrics.Hover},
		{"timeout below nothing", `{"timeout":-3}`, Query{}, metrics.Hover},
		{"names in other case are other names", `{"Module":"m","ATTRIBUTE":{}}`, Query{}, metrics.Hover},
		{"nothing", `{}`, Query{}, metrics.Hover},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := ParseQuery([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			got := *q
			if g, w := spelt(t, got), spelt(t, c.want); g != w || got.byUser != c.want.byUser {
				t.Errorf("got %s, want %s", g, w)
			}
			if q.Kind() != c.kind {
				t.Errorf("kind %s, want %s", q.Kind(), c.kind)
			}
		})
	}
	for _, body := range []string{"", "[]", "null", `"text"`, "7", "{", `{"a":}`, `{} {}`, "module=m", strings.Repeat(`{"a":`, 20000),
		strings.Repeat("[", maxForwarded), // which took more stack than a process may have
		`{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}"} {
		if q, err := ParseQuery([]byte(body)); err == nil {
			t.Errorf("ParseQuery(%.20q) = %+v, want an error", body, q)
		}
	}
}

// spelt spells a value for comparing, with what JSON leaves out.
func spelt(t *testing.T, q Query) string {
	t.Helper()
	out, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	if q.Attribute != nil {
		out = append(out, q.Attribute.Object...)
	}
	return string(out)
}

func TestTyped(t *testing.T) {
	q, err := ParseQuery([]byte(`{"module":"m","github-repository":"misp/misp","url":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := q.Typed("github-repository"); got != "misp/misp" {
		t.Errorf("Typed = %q", got)
	}
	if got := q.Typed("url") + q.Typed("link"); got != "" {
		t.Errorf("Typed of what is not there = %q", got)
	}
}

func TestBudget(t *testing.T) {
	for _, c := range []struct {
		body string
		want time.Duration
	}{
		{`{"event_id":"1"}`, 9500 * time.Millisecond},
		{`{"event_id":"1","attribute_uuid":"u"}`, 9500 * time.Millisecond},
		{`{}`, 4700 * time.Millisecond},
		{`{"event_id":"1","user":{"id":"1"}}`, 4700 * time.Millisecond},
		{`{"timeout":20}`, 19 * time.Second},
		{`{"timeout":"3","event_id":"1"}`, 2700 * time.Millisecond},
		{`{"timeout":0.4}`, 200 * time.Millisecond},
		{`{"timeout":1e300}`, 285 * time.Second},
		{`{"timeout":"soon"}`, 4700 * time.Millisecond},
		{`{"timeout":"NaN"}`, 4700 * time.Millisecond},
	} {
		q, err := ParseQuery([]byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Budget(DefaultPatience); got != c.want {
			t.Errorf("Budget of %s = %v, want %v", c.body, got, c.want)
		}
	}
}

func TestPatience(t *testing.T) {
	p := Patience{Enrichment: 30 * time.Second, Hover: 2 * time.Second}
	for body, want := range map[string]time.Duration{
		`{"event_id":"1"}`: 28500 * time.Millisecond, `{}`: 1700 * time.Millisecond, `{"timeout":4}`: 3700 * time.Millisecond,
	} {
		q, err := ParseQuery([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Budget(p); got != want {
			t.Errorf("Budget of %s = %v, want %v", body, got, want)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, body := range bodies(f) {
		f.Add(body)
	}
	f.Add([]byte(`{"module":7,"attribute":[],"object":{"Attribute":{"0":{}}},"timeout":"1e9","event_id":-1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		q, err := ParseQuery(body)
		if err != nil {
			return
		}
		if !json.Valid(body) {
			t.Errorf("%q was taken for JSON", body)
		}
		if b := q.Budget(DefaultPatience); b <= 0 || b >= longestWait {
			t.Errorf("budget %v", b)
		}
	})
}
