package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"misp-csirt-tooling/internal/forge"
	"misp-csirt-tooling/internal/lookup"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

func (p *program) resolveCommand() *cobra.Command {
	return p.with(&cobra.Command{
		Use:   "resolve VALUE...",
		Short: "Say which repository a value means",
		Long: `Say which repository a value means: an address, a package URL, a CPE name, a page of a package registry, or the name
of a tool that the catalogue lists. Nobody is contacted, unless --lookup names a service to ask, or --owner-limit has forges
list what an owner was last active in.

The type of attribute says how a value may be abbreviated: owner/name is a repository for github-repository alone.`,
		Example: `  misp-csirt-tooling resolve MISP pkg:pypi/intelmq@3.4.0 cpe:2.3:a:misp:misp:2.4.100:*:*:*:*:*:*:*
  misp-csirt-tooling resolve --type github-repository --format json certtools/intelmq`,
		Args: arguments(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return p.resolve(c.Context(), args) },
	})
}

func (p *program) resolve(ctx context.Context, values []string) error {
	reach, err := p.outside(false)
	if err != nil {
		return usage(err)
	}
	r, err := p.resolver(reach.hosts)
	if err != nil {
		return usage(err)
	}
	chain, err := lookup.New(p.config.lookup, reach.hosts, nil, reach.policy.Proxy)
	if err != nil {
		return usage(fmt.Errorf("--lookup: %w", err))
	}
	var one sync.Mutex // services are asked side by side
	chain.Failed = func(service string, err error) {
		one.Lock()
		defer one.Unlock()
		fmt.Fprintf(p.stderr, "%s does not answer, so that it is left out: %v\n", service, err)
	}
	collector, err := reach.collector(p.config.owned > 0, nil, nil)
	if err != nil {
		return usage(err)
	}
	owners := p.owners(reach, collector)
	results := make([]resolve.Result, len(values))
	for i, value := range values {
		found := chain.Find(ctx, r.Resolve(p.config.typ, value))
		if found.Late {
			fmt.Fprintf(p.stderr, "%s: a service takes no more requests now; ask again in a minute\n", value)
		}
		if owners != nil && found.Target.Meaning == repo.Owner {
			list, err := owners.MostActive(ctx, found.Target)
			if err != nil {
				fmt.Fprintf(p.stderr, "%s: %v\n", value, explain(err))
			}
			found = found.Prefer(owned(list))
		}
		results[i] = found.Result(p.config.typ, value)
	}
	switch {
	case p.config.format == "json" && len(results) == 1:
		return printJSON(p.stdout, results[0])
	case p.config.format == "json":
		return printJSON(p.stdout, results)
	}
	for _, result := range results {
		if err := result.WriteText(p.stdout); err != nil {
			return err
		}
	}
	return nil
}

// owned returns an owner's repositories as candidates.
func owned(list []forge.Owned) []resolve.Candidate {
	var out []resolve.Candidate
	for _, o := range list {
		out = append(out, resolve.Candidate{Target: o.Target, Source: resolve.FromOwner, Evidence: "active on " + o.Active.UTC().Format(time.DateOnly)})
	}
	return out
}

// resolver joins the host table with the built-in catalogue and the operator's.
func (p *program) resolver(hosts *repo.Hosts) (*resolve.Resolver, error) {
	catalogue, err := resolve.Builtin(hosts)
	if err != nil {
		return nil, err
	}
	if p.config.catalogue != "" {
		file, err := os.Open(p.config.catalogue)
		if err != nil {
			return nil, fmt.Errorf("--catalogue: %w", err)
		}
		defer file.Close()
		own, err := resolve.ReadCatalogue(hosts, file)
		if err != nil {
			return nil, fmt.Errorf("--catalogue %s: %w", p.config.catalogue, err)
		}
		catalogue = resolve.Merge(catalogue, own)
	}
	return &resolve.Resolver{Hosts: hosts, Catalogue: catalogue}, nil
}
