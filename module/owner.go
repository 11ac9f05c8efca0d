package module

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

// settledFor is how long what keeps a repository from being assessed must stay in the way to be the last word on it.
const settledFor = 10 * time.Minute

// ofOwner is the assessment of one of an owner's repositories.
type ofOwner struct {
	target repo.Target
	report *assess.Report // nil if err is not
	err    error
}

// settled reports whether the answer about the repository will stay the same for a while.
func (o *ofOwner) settled() bool {
	var refusal *assess.Refusal
	return o.err == nil || errors.As(o.err, &refusal) && refusal.Lifetime >= settledFor
}

// assessOwned assesses the repositories of an owner side by side. A person gets an object for each that is ready, and hears of
// the others; an automatic query gets an object for each, or nothing as long as one of them may still come. Where the forge
// does not list them, the owner has candidates as ever.
func (e *Enrichment) assessOwned(ctx context.Context, kind metrics.Kind, s subject) *Answer {
	targets, err := e.Owned(ctx, s.Target)
	if len(targets) == 0 {
		return unlisted(s, err, kind)
	}
	all := make([]ofOwner, len(targets))
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			all[i].target = targets[i]
			all[i].report, all[i].err = e.report(ctx, kind, targets[i])
		})
	}
	wg.Wait()
	a := &Answer{Outcome: metrics.Failed, Host: s.Target.Ref.Host, Error: misp.Text(missing(all), maxComment)}
	for i := range all {
		if err := all[i].err; err != nil {
			a.Why = anonymous(all[i].target, err)
		}
	}
	switch late := slices.ContainsFunc(all, func(o ofOwner) bool { return !o.settled() }); {
	case late && kind == metrics.Automatic:
		a.Outcome = metrics.Late
		return a
	case slices.ContainsFunc(all, func(o ofOwner) bool { return o.err == nil }):
		a.Outcome = metrics.Answered
	case late:
		a.Outcome = metrics.Late
	}
	if kind == metrics.Hover {
		for i := range all {
			a.Results.Attributes = append(a.Results.Attributes, row(e.line(&all[i])))
		}
		return a
	}
	if a.Outcome == metrics.Answered {
		if err := e.draw(a, all, s); err != nil {
			return failure(s.Target, err, kind)
		}
	}
	return a
}

// draw encodes the objects about the repositories that were assessed.
func (e *Enrichment) draw(a *Answer, all []ofOwner, s subject) error {
	s.By = resolve.FromOwner
	var objects []*stencil
	for i := range all {
		if all[i].err != nil {
			continue
		}
		drawn, first, err := e.render(all[i].report, false, s)
		if err != nil {
			return err
		}
		objects = append(objects, drawn)
		if first {
			a.Reports = append(a.Reports, all[i].report)
		}
	}
	var err error
	a.ready, err = answerOf(objects, s.uuid, a.Error)
	return err
}

// unlisted answers about an owner whose repositories the forge did not list, or who has none that count.
func unlisted(s subject, err error, kind metrics.Kind) *Answer {
	a := &Answer{Outcome: metrics.Nothing, Host: s.Target.Ref.Host}
	switch {
	case kind == metrics.Automatic:
	case len(s.Candidates) > 0:
		a = choice(s.Candidates, kind)
		if err != nil {
			a.Error = misp.Text(fmt.Sprintf("%s: %v. %s", s.Target.Ref, err, a.Error), maxComment)
		}
	case err != nil:
		a = failure(s.Target, err, kind)
	default:
		a.Error = misp.Text(fmt.Sprintf("%s has no public repository that is neither a fork nor archived nor empty.", s.Target.Ref), maxComment)
	}
	if err != nil {
		a.Why = anonymous(s.Target, err)
	}
	return a
}

// line says in a row of a pop-up how one of an owner's repositories stands.
func (e *Enrichment) line(o *ofOwner) string {
	switch {
	case o.err == nil:
		return e.Renderer.page(o.report).verdict()
	case o.settled():
		return o.target.Name + ": " + reasonOf(o.err)
	}
	return o.target.Name + ": not yet"
}

// missing names the repositories of an owner about which there is no object, empty if there are none.
func missing(all []ofOwner) string {
	var late, out []string
	for i := range all {
		switch o := &all[i]; {
		case o.err == nil:
		case o.settled():
			out = append(out, o.target.Name+" ("+reasonOf(o.err)+")")
		default:
			late = append(late, o.target.Name)
		}
	}
	var text []string
	if len(late) > 0 {
		text = append(text, fmt.Sprintf("Not yet: %s. Ask again in %d s.", strings.Join(late, ", "), askAgain))
	}
	if len(out) > 0 {
		text = append(text, "Left out: "+strings.Join(out, ", ")+".")
	}
	return strings.Join(text, " ")
}

// reasonOf says in a few words why a repository was not assessed.
func reasonOf(err error) string {
	var refusal *assess.Refusal
	if errors.As(err, &refusal) {
		return refusal.Text
	}
	return "could not be assessed"
}
