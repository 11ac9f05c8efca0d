// Command agreement measures the verdicts against an expert's labels:
//
//	go run ./internal/agreement [-only CRITERION,...] DIRECTORY LABELS
//
// DIRECTORY holds a git directory for each labelled repository, as OWNER+NAME, OWNER+NAME/repo or OWNER/NAME; LABELS has one
// JSON object a line with repo, head, as_of and labels. It prints the agreement per criterion, that of all together, the
// weighted kappa, and each disagreement with both reasons. Repositories that are not there are named and left out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/forge"
	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "agreement:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("agreement", flag.ContinueOnError)
	only := flags.String("only", "", "criteria to measure, separated by commas (default all)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 {
		return errors.New("give a directory of git directories and a labels file")
	}
	file, err := os.Open(flags.Arg(1))
	if err != nil {
		return err
	}
	defer file.Close()
	labels, err := readLabels(file)
	if err != nil {
		return err
	}
	m := measurement{only: fields(*only)}
	for i := range labels {
		if err := m.add(ctx, flags.Arg(0), &labels[i]); err != nil {
			return err
		}
	}
	m.print(out)
	return nil
}

func fields(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

// measurement collects what is printed.
type measurement struct {
	only      []string
	all       tally
	musts     tally
	byID      map[string]*tally
	different []string
	missing   []string
	assessed  int
}

func (m *measurement) add(ctx context.Context, directory string, l *labelled) error {
	dir := find(directory, l.Repo)
	if dir == "" {
		m.missing = append(m.missing, l.Repo)
		return nil
	}
	collector := &forge.Collector{Git: outbound.NewGit(outbound.Policy{})}
	target := repo.Target{
		Meaning: repo.Repository, Ref: repo.Ref{Scheme: "file", Path: dir}, Name: l.Repo, Revision: l.Head, Pinned: true,
	}
	s, err := collector.Collect(ctx, repo.Request{Target: target, Want: check.Wanted})
	if err != nil {
		return fmt.Errorf("collect %s: %w", l.Repo, err)
	}
	s.Time = l.AsOf
	m.assessed++
	r := assess.Judge(target, s)
	for i := range r.Findings {
		m.compare(l, &r.Findings[i])
	}
	return nil
}

// find returns the absolute path of a repository's git directory, empty if there is none.
func find(directory, name string) string {
	joined := strings.ReplaceAll(name, "/", "+")
	for _, dir := range []string{filepath.Join(directory, joined, "repo"), filepath.Join(directory, joined), filepath.Join(directory, name)} {
		for _, head := range []string{"HEAD", ".git/HEAD"} {
			if _, err := os.Stat(filepath.Join(dir, head)); err == nil {
				if abs, err := filepath.Abs(dir); err == nil {
					return abs
				}
			}
		}
	}
	return ""
}

func (m *measurement) compare(l *labelled, f *check.Finding) {
	id := f.Check.ID
	label, ok := l.Labels[id]
	if !ok || len(m.only) > 0 && !slices.Contains(m.only, id) {
		return
	}
	theirs, _ := check.ParseStatus(label.Value)
	p := pair{f.Status, theirs}
	m.all.add(p)
	if f.Check.Strength() == practice.Must {
		m.musts.add(p)
	}
	if m.byID == nil {
		m.byID = map[string]*tally{}
	}
	if m.byID[id] == nil {
		m.byID[id] = &tally{}
	}
	m.byID[id].add(p)
	if f.Status != theirs {
		m.different = append(m.different, fmt.Sprintf("%s  %s: %s, labelled %s\n    ours:   %s %s\n    theirs: %s",
			id, l.Repo, f.Status, theirs, f.Reason, places(f.Evidence), label.Reason))
	}
}

func places(evidence []check.Evidence) string {
	var out []string
	for _, e := range evidence {
		switch {
		case e.Path != "" && e.Line > 0:
			out = append(out, fmt.Sprintf("%s:%d", e.Path, e.Line))
		default:
			out = append(out, e.Path+e.Tag+e.Commit)
		}
	}
	return "[" + strings.Join(out, " ") + "]"
}

func (m *measurement) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "criterion\tsame\tof\tkappa\tmet/unmet\tguessed")
	row := func(name string, t *tally) {
		same, of := t.agreement()
		fmt.Fprintf(w, "%s\t%d\t%d\t%.2f\t%d\t%d\n", name, same, of, t.kappa(), t.apart(), t.guessed())
	}
	for _, c := range check.All {
		if t := m.byID[c.ID]; t != nil {
			row(c.ID, t)
		}
	}
	row("musts", &m.musts)
	row("all", &m.all)
	w.Flush()
	same, of := m.all.agreement()
	fmt.Fprintf(out, "\n%d repositories, agreement %.1f %%, weighted kappa %.3f\n", m.assessed, 100*float64(same)/float64(max(of, 1)), m.all.kappa())
	for _, name := range m.missing {
		fmt.Fprintf(out, "not there: %s\n", name)
	}
	slices.Sort(m.different)
	for _, d := range m.different {
		fmt.Fprintf(out, "\n%s\n", d)
	}
}
