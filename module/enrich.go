package module

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

// Assessor assesses repositories.
type Assessor interface {
	// Assess returns the report about a target before the context ends. The error wraps assess.ErrLate when the report is not
	// ready by then. An error with a method Advice() string tells a person what went wrong and what to do.
	Assess(ctx context.Context, target repo.Target) (*assess.Report, error)
}

// Inputs are what is enriched: attribute types, and the names of objects that identify software.
var Inputs = append([]string{"github-repository", "link", "url", "uri", "cpe", "github-organisation", "github-username"}, resolve.Templates()...)

// Enrichment is the module that assesses the repository that an attribute or object names. Its fields are set once, before use.
type Enrichment struct {
	Assessor Assessor
	Resolver *resolve.Resolver
	Renderer Renderer
	// Lookup asks services on the web for the repository of a package or product that names none, nil for none.
	Lookup func(context.Context, resolve.Resolution) resolve.Resolution
	// Owned lists the repositories that answer for an owner, most active first; nil: an owner gets candidates alone.
	Owned   func(ctx context.Context, owner repo.Target) ([]repo.Target, error)
	Version string // of the program, as the descriptor shows it
	Text    bool   // take text too, where it is a package URL, a CPE name or an address

	stencils stencils
}

// Module returns the row for the server.
func (e *Enrichment) Module() Module {
	return Module{
		Descriptor: Descriptor{
			Name: "csirt_tooling",
			Type: "expansion",
			MISPAttributes: MISPAttributes{
				Input:  e.inputs(),
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
				Input:      "An attribute that names a repository, a package or a product, or an object that identifies software.",
				Output:     "An object " + TemplateName + ", tagged by the taxonomy " + Namespace + ".",
				Config:     []string{},
			},
		},
		Answer: e.Answer,
	}
}

func (e *Enrichment) inputs() []string {
	if e.Text {
		return append(slices.Clone(Inputs), "text")
	}
	return Inputs
}

// subject is what a query asks about.
type subject struct {
	resolve.Resolution
	uuid string // of the attribute, for a reference; empty in the old format
	own  bool   // it belongs to an object of ours
}

// Answer assesses the repository that the query names.
func (e *Enrichment) Answer(ctx context.Context, q *Query) *Answer {
	s := e.subject(q)
	if s.own && q.Kind() == metrics.Automatic {
		return &Answer{Outcome: metrics.Own} // else the enrichment of an event would feed on its own output
	}
	m := s.Target.Meaning
	found := s.Chosen.Meaning == repo.Repository
	sought := !found && e.Lookup != nil && (m == repo.Package || m == repo.CPE)
	owner := !found && e.Owned != nil && m == repo.Owner
	if found || sought || owner {
		var cancel context.CancelFunc
		ctx, cancel = q.InTime(ctx)
		defer cancel()
	}
	if sought {
		s.Resolution = e.Lookup(ctx, s.Resolution)
	}
	switch {
	case s.Chosen.Meaning == repo.Repository:
		return e.assess(ctx, q.Kind(), s)
	case owner:
		return e.assessOwned(ctx, q.Kind(), s)
	case m == repo.Refused:
		return &Answer{Outcome: metrics.Refused, Error: "An address that is a number or a name of the local network, or that is no web or SSH address, " +
			"is not contacted. For a forge of your own, name its host with the option --allow-host."}
	case len(s.Candidates) > 0 && q.Kind() != metrics.Automatic:
		return choice(s.Candidates, q.Kind())
	case s.Late:
		return late(q.Kind())
	}
	return nothing
}

// nothing is the answer to most queries, and shared by all of them.
var nothing = &Answer{Outcome: metrics.Nothing}

// late answers while a service has not said which repository is meant.
func late(kind metrics.Kind) *Answer {
	a := &Answer{Outcome: metrics.Late, Error: fmt.Sprintf("It is still being looked up which repository this is. Ask again in %d s.", askAgain)}
	if kind == metrics.Hover {
		a.Results.Attributes = []misp.Attribute{row(a.Error)}
	}
	return a
}

func (e *Enrichment) assess(ctx context.Context, kind metrics.Kind, s subject) *Answer {
	report, err := e.report(ctx, kind, s.Chosen)
	if err != nil {
		a := failure(s.Chosen, err, kind)
		a.Host = s.Chosen.Ref.Host
		return a
	}
	if o := originOf(report, s); o.doubt != "" && s.Agreed {
		if kind == metrics.Automatic {
			return nothing
		}
		a := choice(doubtful(s, o), kind)
		a.Error = misp.Text(o.found+" "+a.Error, maxComment)
		return a
	}
	a := &Answer{Outcome: metrics.Answered, Host: s.Chosen.Ref.Host}
	drawn, first, err := e.render(report, kind == metrics.Hover, s)
	if err == nil {
		a.ready, err = answerOf([]*stencil{drawn}, s.uuid, "")
	}
	if err != nil {
		return failure(s.Chosen, err, kind)
	}
	if first && kind != metrics.Hover {
		a.Reports = []*assess.Report{report}
	}
	return a
}

// report returns the report about a repository, for an automatic query a whole one.
func (e *Enrichment) report(ctx context.Context, kind metrics.Kind, target repo.Target) (*assess.Report, error) {
	report, err := e.Assessor.Assess(ctx, target)
	if err == nil && report.Early && kind == metrics.Automatic {
		err = assess.ErrLate // what is saved once stays, and a fuller answer would become a second object
	}
	return report, err
}

// render returns the stencil of the answer about a report, and whether it was drawn for the first time. Our own object gets no reference.
func (e *Enrichment) render(report *assess.Report, hover bool, s subject) (drawn *stencil, first bool, err error) {
	key := stencilKey{report, originOf(report, s), hover, !hover && s.uuid != "" && !s.own}
	drawn, err = e.stencils.get(key, func() misp.Object {
		first = true
		if hover {
			return e.Renderer.summary(report, key.origin)
		}
		referenced := ""
		if key.refers {
			referenced = misp.NewUUID()
		}
		return e.Renderer.objectOf(report, key.origin, referenced)
	})
	return drawn, first, err
}

// maxCandidates is how many repositories are named where there is a choice, no more than a pop-up has rows.
const maxCandidates = 10

// choice names the repositories that a value may mean: which of them is meant is for a person to say.
func choice(candidates []resolve.Candidate, kind metrics.Kind) *Answer {
	a := &Answer{Outcome: metrics.Choice}
	var names []string
	for _, c := range candidates[:min(len(candidates), maxCandidates)] {
		names = append(names, c.Target.Ref.String())
		if kind == metrics.Hover {
			a.Results.Attributes = append(a.Results.Attributes, row(fmt.Sprintf("may be %s: %s", c.Target.Ref, c.Evidence)))
		}
	}
	a.Error = misp.Text("This may be "+strings.Join(names, ", ")+". Enrich a link to the one that is meant.", maxComment)
	return a
}

// row is a row of a pop-up that shows no object.
func row(text string) misp.Attribute {
	return misp.Attribute{
		UUID: misp.NewUUID(), Type: "text", Category: otherCategory, Value: misp.Text(text, maxComment), DisableCorrelation: true, Distribution: misp.Inherit,
	}
}

// subject resolves the attribute or object that a query holds.
func (e *Enrichment) subject(q *Query) subject {
	var s subject
	switch {
	case q.Attribute != nil:
		s = e.read(*q.Attribute)
		s.own = s.own || ours(q.Attribute.Relation)
	case q.Object != nil:
		s = e.readObject(q.Object)
		s.own = q.Object.Name == TemplateName
	default:
		for _, t := range e.inputs() {
			if value := q.Typed(t); value != "" {
				s.Resolution = e.resolve(t, value)
				break
			}
		}
	}
	return s
}

// readObject resolves an object by what its template says of software, else by the first of its attributes that names a repository.
func (e *Enrichment) readObject(o *Object) subject {
	var attributes []resolve.Attribute
	for _, a := range o.Attributes {
		attributes = append(attributes, resolve.Attribute{Relation: a.Relation, Type: a.Type, Value: a.Value})
	}
	whole := subject{Resolution: e.Resolver.ResolveObject(o.Name, attributes), uuid: referable(o.UUID)}
	if whole.Chosen.Meaning == repo.Repository {
		return whole
	}
	for _, a := range o.Attributes {
		if s := e.read(a); s.Chosen.Meaning == repo.Repository {
			return s
		}
	}
	return whole
}

func (e *Enrichment) read(a Attribute) subject {
	s := subject{own: a.Object == TemplateName, uuid: referable(a.UUID)}
	if slices.Contains(e.inputs(), a.Type) {
		s.Resolution = e.resolve(resolve.TypeOf(a.Object, resolve.Attribute{Relation: a.Relation, Type: a.Type, Value: a.Value}), a.Value)
	}
	return s
}

func (e *Enrichment) resolve(attributeType, value string) resolve.Resolution {
	r := e.Resolver.Resolve(attributeType, value)
	if r.Target.Meaning != repo.Refused && !resolve.Readable(attributeType, r.Target.Meaning) {
		return resolve.Resolution{}
	}
	return r
}

// referable returns a uuid if a reference can point to it.
func referable(uuid string) string {
	if misp.IsUUID(uuid) {
		return uuid
	}
	return ""
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
		a.Results.Attributes = []misp.Attribute{row(a.Error)}
	}
	return a
}

// anonymous words an error for the log. Which repositories somebody looks at is nobody's business there, those to which one was
// moved included.
func anonymous(target repo.Target, err error) string {
	text := strings.ReplaceAll(err.Error(), target.Ref.String(), "[repository]")
	text = pathOfAddress.ReplaceAllString(text, "${1}[repository]")
	for _, name := range []string{target.Ref.Path, target.Name} {
		if name != "" {
			text = replaceWord(text, name, "[repository]")
		}
	}
	return text
}

// pathOfAddress matches an address with its path, without what ends a sentence.
var pathOfAddress = pattern.New(`(https?://[^/\s'"]+/)[^\s'"]*[^\s'":.,;)]`)

// replaceWord replaces a word where it is no part of a longer one.
func replaceWord(text, word, with string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, word)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		if inWord(last) || inWord(next) {
			b.WriteString(word)
		} else {
			b.WriteString(with)
		}
		text = after
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// askAgain is after how many seconds an assessment that was late is usually ready.
const askAgain = 20
