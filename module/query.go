package module

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

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
	body   gjson.Result
	due    time.Time // when the answer must be ready; the zero value is never
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

// ParseQuery reads the body of a query. It fails only on what is not a JSON object, or is nested more than ten thousand levels deep.
func ParseQuery(body []byte) (*Query, error) {
	if !validJSON(body) { // else gjson reads on where there is no JSON
		return nil, errNoObject
	}
	q := &Query{body: gjson.ParseBytes(body)}
	if !q.body.IsObject() {
		return nil, errNoObject
	}
	q.body.ForEach(func(key, v gjson.Result) bool {
		switch key.Str {
		case "module":
			q.Module = text(v)
		case "event_id":
			q.EventID = text(v)
		case "attribute_uuid":
			q.AttributeUUID = text(v)
		case "timeout":
			q.Seconds = seconds(v)
		case "user":
			q.byUser = v.IsObject()
		case "attribute":
			q.Attribute = nil
			if v.IsObject() {
				q.Attribute = attributeOf(v)
			}
		case "object":
			q.Object = nil
			if v.IsObject() {
				q.Object = objectOf(v)
			}
		}
		return true
	})
	return q, nil
}

// validJSON reports whether a text is JSON that is not nested deeper than encoding/json takes it. gjson checks it faster, but goes
// down into each level by a call of its own: some megabytes of brackets would take more stack than a process has.
func validJSON(text []byte) bool {
	const deep = 10_000 // as for encoding/json
	if bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > deep {
		return json.Valid(text)
	}
	return gjson.ValidBytes(text)
}

func attributeOf(body gjson.Result) *Attribute {
	a := &Attribute{}
	body.ForEach(func(key, v gjson.Result) bool {
		switch key.Str {
		case "uuid":
			a.UUID = text(v)
		case "type":
			a.Type = text(v)
		case "value":
			a.Value = text(v)
		case "object_relation":
			a.Relation = text(v)
		case "Object":
			a.Object = nameOf(v)
		}
		return true
	})
	return a
}

// nameOf returns the name of the object that an attribute stands in.
func nameOf(object gjson.Result) string {
	name := ""
	if object.IsObject() {
		object.ForEach(func(key, v gjson.Result) bool {
			if key.Str == "name" {
				name = text(v)
			}
			return true
		})
	}
	return name
}

func objectOf(body gjson.Result) *Object {
	o := &Object{}
	body.ForEach(func(key, v gjson.Result) bool {
		switch key.Str {
		case "uuid":
			o.UUID = text(v)
		case "name":
			o.Name = text(v)
		case "Attribute":
			o.Attributes = nil
			if !v.IsArray() {
				break
			}
			v.ForEach(func(_, a gjson.Result) bool {
				if a.IsObject() {
					o.Attributes = append(o.Attributes, *attributeOf(a))
				}
				return true
			})
		}
		return true
	})
	return o
}

// Typed returns the value of an attribute type in the old format, in which the type is a key of the body.
func (q *Query) Typed(attributeType string) string {
	value := ""
	q.body.ForEach(func(key, v gjson.Result) bool {
		if key.Str == attributeType {
			value = text(v)
		}
		return true
	})
	return value
}

// text returns a string or number as text, "" for anything else.
func text(v gjson.Result) string {
	switch v.Type {
	case gjson.String:
		return strings.ToValidUTF8(v.Str, "\uFFFD")
	case gjson.Number:
		return v.Raw
	}
	return ""
}

// seconds returns a positive number, whether it was sent as such or as text, and 0 for anything else.
func seconds(v gjson.Result) float64 {
	n, err := strconv.ParseFloat(text(v), 64)
	if err != nil || math.IsNaN(n) || n < 0 {
		return 0
	}
	return n
}

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

// Patience is how long MISP waits for an answer when a query does not say: its settings Plugin.Enrichment_timeout and
// Plugin.Enrichment_hover_timeout.
type Patience struct {
	Enrichment time.Duration
	Hover      time.Duration // and where a workflow sends the record of its user along
}

// DefaultPatience is that of a MISP whose settings nobody changed.
var DefaultPatience = Patience{Enrichment: 10 * time.Second, Hover: 5 * time.Second}

// The longest time that a query may ask for, and how much of it is left for MISP's network and ours.
const (
	longestWait = 5 * time.Minute
	leastMargin = 300 * time.Millisecond
)

// InTime returns a context that ends when the answer must be ready. Nearly all answers are ready at once and need none.
func (q *Query) InTime(ctx context.Context) (context.Context, context.CancelFunc) {
	if q.due.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, q.due)
}

// Budget returns the time in which the answer must be ready: MISP gives up the whole event on a late one.
func (q *Query) Budget(p Patience) time.Duration {
	waits := p.Enrichment
	switch {
	case q.Seconds > 0:
		waits = time.Duration(min(q.Seconds, longestWait.Seconds()) * float64(time.Second))
	case q.EventID == "" || q.byUser:
		waits = p.Hover
	}
	return max(waits-max(leastMargin, waits/20), waits/2)
}
