package module

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"misp-csirt-tooling/internal/metrics"
)

// Query is the body of POST /query, as far as it is read. MISP sends ids as strings or numbers, null for what is not set,
// and lists for empty maps; what has another shape than expected counts as not sent.
type Query struct {
	Module        string     `json:"module"`
	Attribute     *Attribute `json:"attribute,omitempty"`
	Object        *Object    `json:"object,omitempty"`
	EventID       string     `json:"event_id,omitempty"`       // not sent by a hover
	AttributeUUID string     `json:"attribute_uuid,omitempty"` // sent when an event is enriched as a whole
	Seconds       float64    `json:"timeout,omitempty"`        // how long MISP waits; 0 if it does not say

	byUser bool // the record of the user came along, as the workflow action attach-enrichment sends it
	fields fields
}

// Attribute is the attribute that is to be enriched.
type Attribute struct {
	UUID     string `json:"uuid,omitempty"`
	Type     string `json:"type"`
	Value    string `json:"value"`
	Relation string `json:"object_relation,omitempty"`
	Object   string `json:"-"` // name of the object it stands in, if MISP tells
}

// Object is the object that is to be enriched.
type Object struct {
	UUID       string      `json:"uuid,omitempty"`
	Name       string      `json:"name"`
	Attributes []Attribute `json:"Attribute"`
}

var errNoObject = errors.New("the body is not a JSON object")

// ParseQuery reads the body of a query. It fails only on what is not a JSON object.
func ParseQuery(body []byte) (*Query, error) {
	var f fields
	if err := json.Unmarshal(body, &f); err != nil {
		return nil, errNoObject
	}
	if f == nil {
		return nil, errNoObject
	}
	q := &Query{
		Module: f.text("module"), EventID: f.text("event_id"), AttributeUUID: f.text("attribute_uuid"),
		Seconds: f.seconds("timeout"), byUser: f.fields("user") != nil, fields: f,
	}
	if a := f.fields("attribute"); a != nil {
		attribute := attributeOf(a)
		q.Attribute = &attribute
	}
	if o := f.fields("object"); o != nil {
		q.Object = &Object{UUID: o.text("uuid"), Name: o.text("name")}
		for _, a := range o.list("Attribute") {
			q.Object.Attributes = append(q.Object.Attributes, attributeOf(a))
		}
	}
	return q, nil
}

func attributeOf(f fields) Attribute {
	return Attribute{
		UUID: f.text("uuid"), Type: f.text("type"), Value: f.text("value"), Relation: f.text("object_relation"),
		Object: f.fields("Object").text("name"),
	}
}

// Typed returns the value of an attribute type in the old format, in which the type is a key of the body.
func (q *Query) Typed(attributeType string) string { return q.fields.text(attributeType) }

// Kind tells who asks: a hover names no event, the enrichment of a whole event names the attribute beside it.
func (q *Query) Kind() metrics.Kind {
	switch {
	case q.EventID == "":
		return metrics.Hover
	case q.AttributeUUID != "" || q.byUser:
		return metrics.Automatic
	}
	return metrics.Enrichment
}

// How long MISP waits when it does not say, and how much of it is left for its network and for ours.
const (
	enrichmentWaits = 10 * time.Second
	hoverWaits      = 5 * time.Second
	longestWait     = 5 * time.Minute
	leastMargin     = 300 * time.Millisecond
)

// Budget returns the time in which the answer must be ready: MISP gives up the whole event on a late one.
func (q *Query) Budget() time.Duration {
	waits := enrichmentWaits
	switch {
	case q.Seconds > 0:
		waits = time.Duration(min(q.Seconds, longestWait.Seconds()) * float64(time.Second))
	case q.EventID == "" || q.byUser:
		waits = hoverWaits
	}
	return max(waits-max(leastMargin, waits/20), waits/2)
}

// fields is a JSON object that is read field by field, forgiving PHP's types.
type fields map[string]json.RawMessage

// text returns a string or number as text, "" for anything else.
func (f fields) text(key string) string {
	raw := f[key]
	if len(raw) == 0 {
		return ""
	}
	switch c := raw[0]; {
	case c == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return s
	case c == '-' || '0' <= c && c <= '9':
		return string(raw)
	}
	return ""
}

// seconds returns a positive number, whether it was sent as such or as text, and 0 for anything else.
func (f fields) seconds(key string) float64 {
	n, err := strconv.ParseFloat(f.text(key), 64)
	if err != nil || math.IsNaN(n) || n < 0 {
		return 0
	}
	return n
}

// fields returns the JSON object under a key, nil if there is none.
func (f fields) fields(key string) fields {
	if raw := f[key]; len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	var inner fields
	if json.Unmarshal(f[key], &inner) != nil {
		return nil
	}
	return inner
}

// list returns the JSON objects of the list under a key.
func (f fields) list(key string) []fields {
	var raws []json.RawMessage
	if json.Unmarshal(f[key], &raws) != nil {
		return nil
	}
	var out []fields
	for _, raw := range raws {
		var inner fields
		if json.Unmarshal(raw, &inner) == nil && inner != nil {
			out = append(out, inner)
		}
	}
	return out
}
