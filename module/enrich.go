package module

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

// Assessor assesses repositories.
type Assessor interface {
	// Assess returns the report about a target before the context ends. The error wraps assess.ErrLate when the report is not
	// ready by then. An error with a method Advice() string tells a person what went wrong and what to do.
	Assess(ctx context.Context, target repo.Target) (*assess.Report, error)
}

// Inputs are the attribute types that are enriched.
var Inputs = []string{"github-repository", "link", "url"}

// Enrichment is the module that assesses the repository an attribute names. Its fields are set once, before use.
type Enrichment struct {
	Assessor Assessor
	Renderer Renderer
	Version  string // of the program, as the descriptor shows it

	stencils stencils
}

// Module returns the row for the server.
func (e *Enrichment) Module() Module {
	return Module{
		Descriptor: Descriptor{
			Name: "csirt_tooling",
			Type: "expansion",
			MISPAttributes: MISPAttributes{
				Input:  Inputs,
				Output: []string{"MISP objects"},
				Format: "misp_standard",
			},
			Meta: Meta{
				Version:     e.Version,
				Author:      "misp-csirt-tooling",
				Description: "Assesses a source code repository against CIRCL's best practices for CSIRT tooling.",
				ModuleType:  []string{"expansion", "hover"},
				Name:        "CSIRT tooling best practices",
				Needs:       []string{},
				Features: "Collects the evidence from the repository itself and adds one object with grade, score and a verdict for each practice. " +
					"Values that name no repository get an empty answer.",
				References: []string{practice.Paper, practice.Talk},
				Input:      "An attribute that names a repository: github-repository, link or url.",
				Output:     "An object " + TemplateName + ", tagged by the taxonomy " + Namespace + ".",
				Config:     []string{},
			},
		},
		Answer: e.Answer,
	}
}

// subject is what a query asks about.
type subject struct {
	target repo.Target
	uuid   string // of the attribute, for a reference; empty in the old format
	own    bool   // it belongs to an object of ours
}

// Answer assesses the repository that the query names.
func (e *Enrichment) Answer(ctx context.Context, q *Query) *Answer {
	s := e.subject(q)
	if s.own && q.Kind() == metrics.Automatic {
		return &Answer{Outcome: metrics.Own} // else the enrichment of an event would feed on its own output
	}
	switch s.target.Meaning {
	case repo.Repository:
	case repo.Refused:
		return &Answer{Outcome: metrics.Refused, Error: "An address that is a number or a name of the local network, or that is no web or SSH address, " +
			"is not contacted. For a forge of your own, name its host with the option --allow-host."}
	default:
		return &Answer{Outcome: metrics.Nothing}
	}
	report, err := e.Assessor.Assess(ctx, s.target)
	if err == nil && report.Early && q.Kind() == metrics.Automatic {
		err = assess.ErrLate // what is saved once stays, and a fuller answer would become a second object
	}
	if err != nil {
		a := failure(s.target, err, q.Kind())
		a.Host = s.target.Ref.Host
		return a
	}
	a := &Answer{Outcome: metrics.Answered, Host: s.target.Ref.Host, Report: report}
	if a.ready, err = e.render(report, q.Kind() == metrics.Hover, s); err != nil {
		return failure(s.target, err, q.Kind())
	}
	return a
}

// render returns the encoded answer about a report. Our own object gets no reference.
func (e *Enrichment) render(report *assess.Report, hover bool, s subject) ([]byte, error) {
	key := stencilKey{report, hover, !hover && s.uuid != "" && !s.own}
	drawn, err := e.stencils.get(key, func() misp.Object {
		switch {
		case hover:
			return e.Renderer.Summary(report)
		case key.refers:
			return e.Renderer.Object(report, misp.NewUUID())
		}
		return e.Renderer.Object(report, "")
	})
	if err != nil {
		return nil, err
	}
	return drawn.fill(s.uuid)
}

// subject picks the attribute of a query that names a repository: the attribute itself, the first such one of an object,
// or the value in the old format.
func (e *Enrichment) subject(q *Query) subject {
	var s subject
	switch {
	case q.Attribute != nil:
		s = e.read(*q.Attribute)
		s.own = s.own || ours(q.Attribute.Relation)
	case q.Object != nil:
		for _, a := range q.Object.Attributes {
			if s = e.read(a); s.target.Meaning == repo.Repository {
				break
			}
		}
		s.own = q.Object.Name == TemplateName
	default:
		for _, t := range Inputs {
			if value := q.Typed(t); value != "" {
				s.target = e.Renderer.Hosts.Parse(t, value)
				break
			}
		}
	}
	return s
}

func (e *Enrichment) read(a Attribute) subject {
	s := subject{own: a.Object == TemplateName}
	for _, t := range Inputs {
		if a.Type == t {
			s.target = e.Renderer.Hosts.Parse(t, a.Value)
		}
	}
	if misp.IsUUID(a.UUID) {
		s.uuid = a.UUID
	}
	return s
}

// failure words an error. A hover hides errors, so there one that passes becomes a row.
func failure(target repo.Target, err error, kind metrics.Kind) *Answer {
	a := &Answer{Outcome: metrics.Failed, Why: anonymous(target, err)}
	ref := target.Ref
	var advised interface {
		error
		Advice() string
	}
	switch {
	case errors.Is(err, assess.ErrLate), errors.Is(err, assess.ErrBusy):
		a.Outcome = metrics.Late
		a.Error = fmt.Sprintf("%s is still being read. Ask again in %d s.", ref, askAgain)
	case errors.As(err, &advised):
		a.Error = fmt.Sprintf("%s: %s. %s", ref, advised, advised.Advice())
	default:
		a.Error = fmt.Sprintf("%s could not be assessed. The log of misp-csirt-tooling says why; ask again later.", ref)
	}
	a.Error = misp.Text(a.Error, maxComment)
	if a.Outcome == metrics.Late && kind == metrics.Hover {
		a.Results.Attributes = []misp.Attribute{{
			UUID: misp.NewUUID(), Type: "text", Category: otherCategory, Value: a.Error, DisableCorrelation: true, Distribution: misp.Inherit,
		}}
	}
	return a
}

// anonymous words an error for the log. Which repositories somebody looks at is nobody's business there.
func anonymous(target repo.Target, err error) string {
	text := err.Error()
	for _, name := range []string{target.Ref.String(), target.Ref.Path, target.Name} {
		if name != "" {
			text = strings.ReplaceAll(text, name, "[repository]")
		}
	}
	return text
}

// askAgain is after how many seconds an assessment that was late is usually ready.
const askAgain = 20
