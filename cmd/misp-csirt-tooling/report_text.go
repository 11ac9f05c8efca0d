package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

// maxShown is how many places of evidence a text report shows for one finding.
const maxShown = 3

// printText prints a report for people: the verdict, the criteria by strength, then what was not known.
func printText(out io.Writer, r *assess.Report) {
	s := r.Snapshot
	fmt.Fprintf(out, "%s at commit %s of %s", s.Name, s.Commit, s.CommitTime.Format(time.DateOnly))
	if r.Version != "" {
		fmt.Fprintf(out, ", nearest version %s", r.Version)
	}
	fmt.Fprintf(out, "\n%s, as of %s, criteria %s\n\n%s\n", s.Ref, s.Time.Format(time.DateOnly), check.Version, verdict(r))
	if how := r.TakenOver(); how != "" {
		fmt.Fprintf(out, "Caution: %s\n", how)
	}

	last := practice.Strength(0xff)
	for i := range r.Findings {
		f := &r.Findings[i]
		if strength := f.Check.Strength(); strength != last {
			fmt.Fprintf(out, "\n%s\n", headings[strength])
			last = strength
		}
		printFinding(out, f)
	}
	printKnownBefore(out, s)
	if len(r.Gaps) > 0 {
		fmt.Fprint(out, "\nNot known\n")
		var facts []string // those that lack for the same reason share a line
		for i, g := range r.Gaps {
			facts = append(facts, g.Fact)
			if next := i + 1; next < len(r.Gaps) && r.Gaps[next].Gap == g.Gap && r.Gaps[next].Detail == g.Detail {
				continue
			}
			fmt.Fprintf(out, "  %s: %s", strings.Join(facts, ", "), g.Gap)
			if g.Detail != "" {
				fmt.Fprintf(out, ", %s", g.Detail)
			}
			fmt.Fprintln(out)
			facts = nil
		}
	}
}

// printKnownBefore names the facts that could not be had this time, with the day of the last that was known.
func printKnownBefore(out io.Writer, s *repo.Snapshot) {
	if len(s.Since) > 0 {
		fmt.Fprint(out, "\nKnown from before\n")
	}
	for _, k := range repo.Kinds {
		if since, before := s.Since[k.Kind]; before {
			fmt.Fprintf(out, "  %s: of %s\n", k.Name, since.Format(time.DateOnly))
		}
	}
}

var headings = map[practice.Strength]string{
	practice.Must:   "What the best practices demand (must)",
	practice.Should: "What they recommend (should)",
	practice.May:    "What they leave open (may)",
	practice.Lesson: "What their text and the talk teach (lesson)",
	practice.Own:    "What this project adds (own)",
}

func verdict(r *assess.Report) string {
	m := r.Score.Musts
	var b strings.Builder
	fmt.Fprintf(&b, "Practices %s", r.Grade)
	if r.Score.Judged > 0 {
		fmt.Fprintf(&b, ", %d of 100", r.Score.Percent)
	}
	fmt.Fprintf(&b, ": %d of %d musts met", m.Met, m.Total)
	if n := m.Unmet(); n > 0 {
		fmt.Fprintf(&b, ", %d not met", n)
	}
	if m.Unknown > 0 {
		fmt.Fprintf(&b, ", %d undecided", m.Unknown)
	}
	if licences := r.Licenses(); len(licences) > 0 {
		fmt.Fprintf(&b, "\nLicence: %s", strings.Join(licences, ", "))
	}
	return b.String()
}

func printFinding(out io.Writer, f *check.Finding) {
	fmt.Fprintf(out, "  %-25s %-14s %s\n", f.Check.ID, f.Status, f.Reason)
	indent := strings.Repeat(" ", 43)
	for i, e := range f.Evidence {
		if i == maxShown {
			fmt.Fprintf(out, "%s(+%d)\n", indent, len(f.Evidence)-i)
			break
		}
		fmt.Fprintf(out, "%s%s\n", indent, place(e))
	}
	if fix := f.Remediation(); fix != "" {
		fmt.Fprintf(out, "%s> %s\n", indent, fix)
	}
}

func place(e check.Evidence) string {
	where := e.Path
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.Path, e.Line)
	}
	if where == "" {
		where = e.URL
	}
	if where == "" {
		e.Commit = e.Commit[:min(len(e.Commit), 12)]
		return note(e)
	}
	if e.Note == "" && !e.Inherited {
		return where
	}
	return where + "  " + note(e)
}
