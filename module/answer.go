package module

import (
	"bytes"
	"context"
	"encoding/json"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/misp"
)

// Module is one module of the server: how it is described, and what it answers.
type Module struct {
	Descriptor Descriptor
	// Answer answers a query in time: what may take time is done in the context that Query.InTime makes of ctx, which ends when the
	// asker is gone. It answers whatever is asked: MISP knows no failure of one attribute.
	Answer func(ctx context.Context, q *Query) *Answer
}

// Answer is the body that answers a query. It always holds results, for MISP gives up the whole event without.
type Answer struct {
	Results Results `json:"results"`
	Error   string  `json:"error,omitempty"` // for a person: what went wrong and what to do

	// What the server counts and logs.
	Outcome metrics.Outcome  `json:"-"`
	Host    string           `json:"-"` // of the repository
	Reports []*assess.Report `json:"-"` // whose findings are to be counted: of assessments that are answered for the first time
	Why     string           `json:"-"` // what went wrong, without the name of the repository

	ready []byte // the whole answer encoded, if that is cheaper than encoding it
}

// Results is what MISP shows or saves. What is empty is left out, because MISP fails on empty lists.
type Results struct {
	Objects    []misp.Object    `json:"Object,omitempty"`
	Attributes []misp.Attribute `json:"Attribute,omitempty"`
}

// noResults is the answer that says nothing: most of those in the enrichment of an event.
var noResults = []byte(`{"results":{}}` + "\n")

// encoded returns the answer as it is sent.
func (a *Answer) encoded() ([]byte, error) {
	switch {
	case a.ready != nil:
		return a.ready, nil
	case a.Error == "" && len(a.Results.Objects) == 0 && len(a.Results.Attributes) == 0:
		return noResults, nil
	}
	return encode(a)
}

// encode returns v as JSON without HTML's escapes.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
