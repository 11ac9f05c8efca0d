package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/forge"
	"misp-csirt-tooling/internal/repo"
)

func (p *program) assessCommand() *cobra.Command {
	return p.with(&cobra.Command{
		Use:   "assess REPOSITORY...",
		Short: "Assess repositories and print a report",
		Long: `Assess repositories and print a report on each.

A REPOSITORY is a directory with a work tree, a bare repository, or a git URL; with --owner-limit it may be an owner at a
forge too, who stands for the repositories that were active last. Reports appear in the order of the arguments. A host that is named here is contacted if it is public and speaks https; --allow-host permits others.
What the forge itself says is asked of the forges of the built-in table and of --forge, unless --no-forge is given.

For many repositories there is --from: one line of JSON appears for each as soon as it is assessed, and with --output
and --resume an interrupted run goes on where it was.`,
		Example: `  misp-csirt-tooling assess .
  misp-csirt-tooling assess --format json --rev v2.4.198 https://github.com/MISP/MISP
  misp-csirt-tooling assess --from repositories.txt --output reports.jsonl --resume --jobs 8`,
		RunE: func(c *cobra.Command, args []string) error {
			switch { // --from may be in the environment, which is not read before
			case p.config.from == "" && len(args) == 0:
				return usage(errors.New("name a repository, or a file with their names by --from"))
			case p.config.from != "" && len(args) > 0:
				return usage(errors.New("--from names the repositories: leave out the arguments, or --from"))
			}
			defer p.tuneGC(assessGC)()
			if p.config.from != "" {
				return p.assessMany(c.Context())
			}
			return p.assess(c.Context(), args)
		},
	})
}

// errSome says that some repository could not be assessed; what stood in the way was printed.
var errSome = errors.New("not every repository could be assessed")

func (p *program) assess(ctx context.Context, arguments []string) error {
	one, stop, err := p.assessing()
	if err != nil {
		return err
	}
	defer stop()
	subjects := one.subjects(ctx, arguments)
	progress := newProgress(p.stderr, len(subjects))
	reports := make([]*assess.Report, len(subjects))
	errs := make([]error, len(subjects))
	var group errgroup.Group
	group.SetLimit(p.config.jobs)
	for i, subject := range subjects {
		group.Go(func() error {
			progress.start(subject.name)
			reports[i], errs[i] = one.assess(ctx, subject)
			progress.done(subject.name)
			return nil
		})
	}
	_ = group.Wait() // errors are kept by subject
	progress.clear()

	for i, err := range errs {
		if err != nil {
			fmt.Fprintf(p.stderr, "%s: %v\n", subjects[i].name, explain(err))
		}
	}
	several := len(arguments) > 1 || len(subjects) > 1
	if err := p.print(one.hosts, slices.DeleteFunc(reports, func(r *assess.Report) bool { return r == nil }), several); err != nil {
		return err
	}
	if errors.Join(errs...) != nil {
		return errSome
	}
	return nil
}

// assessing is what assesses one argument after the other.
type assessing struct {
	assessor *assess.Assessor
	hosts    *repo.Hosts
	owners   *forge.Owners // nil: an owner is no subject
	revision string
}

// subject is a repository that is to be assessed.
type subject struct {
	name   string // as an argument names it; for one of an owner's its address
	target repo.Target
	err    error // why there is none
}

// assessing returns it as the options ask for; stop must be called in the end.
func (p *program) assessing() (a *assessing, stop func(), err error) {
	asOf, err := parseTime(p.config.asOf)
	if err != nil {
		return nil, nil, usage(fmt.Errorf("--as-of: %w", err))
	}
	reach, err := p.outside(true)
	if err != nil {
		return nil, nil, usage(err)
	}
	collector, err := reach.collector(!p.config.noForge, nil, nil)
	if err != nil {
		return nil, nil, usage(err)
	}
	witness, err := p.witness(reach, collector, nil, nil)
	if err != nil {
		return nil, nil, usage(err)
	}
	assessor, err := assess.New(assess.Config{
		Collector: witness,
		Log:       slog.New(slog.DiscardHandler), AsOf: func() time.Time { return asOf }, FixTimes: p.config.fixTimes,
		Limit: p.config.limit, Parallel: p.config.jobs, PerHost: p.config.jobs,
	})
	if err != nil {
		return nil, nil, err
	}
	return &assessing{assessor, reach.hosts, p.owners(reach, collector), p.config.rev}, assessor.Stop, nil
}

// subjects returns the repositories that the arguments name, an owner standing for those that it was last active in.
func (a *assessing) subjects(ctx context.Context, arguments []string) []subject {
	var out []subject
	for _, argument := range arguments {
		target, err := a.hosts.ParseArgument(argument)
		owner := a.hosts.Parse("url", argument)
		if err == nil || owner.Meaning != repo.Owner || a.owners == nil {
			out = append(out, subject{argument, target, err})
			continue
		}
		list, err := a.owners.MostActive(ctx, owner)
		if err == nil && len(list) == 0 {
			err = errors.New("the owner has no repository that is neither a fork nor archived nor empty")
		}
		if err != nil {
			out = append(out, subject{name: argument, err: err})
		}
		for _, one := range list {
			out = append(out, subject{name: one.Target.Ref.String(), target: one.Target})
		}
	}
	return out
}

func (a *assessing) assess(ctx context.Context, s subject) (*assess.Report, error) {
	if s.err != nil {
		return nil, s.err
	}
	if a.revision != "" {
		s.target.Revision, s.target.Pinned = a.revision, true
	}
	return a.assessor.Assess(ctx, s.target)
}

// explain returns the error with the advice that it carries.
func explain(err error) error {
	var advised interface{ Advice() string }
	if errors.As(err, &advised) {
		return fmt.Errorf("%w. %s", err, advised.Advice())
	}
	return err
}

// parseTime reads a date or an RFC 3339 time; nothing is today, UTC.
func parseTime(s string) (time.Time, error) {
	if s == "" {
		return assess.Today(), nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is neither a date such as 2026-08-22 nor a time such as 2026-08-22T12:00:00Z", s)
	}
	return t, nil
}
