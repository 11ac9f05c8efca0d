package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/lookup"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/module"
)

func (p *program) serveCommand() *cobra.Command {
	return p.with(&cobra.Command{
		Use:   "serve",
		Short: "Answer MISP's queries in the protocol of misp-modules",
		Long: `Answer MISP's queries in the protocol of misp-modules.

Only the forges of the built-in table are contacted, since attributes in MISP are often an adversary's addresses.
--allow-host adds a host of your own, --any-host opens the way to any public one.

An interrupt or SIGTERM stops the service after the answers under way are delivered, a second one at once.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			defer p.tuneGC(serveGC)()
			return p.serve(c.Context())
		},
	})
}

func (p *program) serve(ctx context.Context) error {
	log := p.logger()
	reach, err := p.outside(p.config.anyHost)
	if err != nil {
		return usage(err)
	}
	if p.config.proxy == "" && cmp.Or(p.getenv("https_proxy"), p.getenv("HTTPS_PROXY")) != "" {
		log.WarnContext(ctx, "https_proxy is set and not used: the proxy is named by --proxy")
	}
	tags, err := module.ParseTags(p.config.tags)
	if err != nil {
		return usage(err)
	}
	kept, lease, closeStore, err := p.openStore()
	if err != nil {
		return err
	}
	defer closeStore()
	counted := metrics.New(version(), revision())
	collector, err := reach.collector(!p.config.noForge, p.answers(kept), counted)
	if err != nil {
		return usage(err)
	}
	witness, err := p.witness(reach, collector, p.answers(kept), counted)
	if err != nil {
		return usage(err)
	}
	assessor, err := assess.New(assess.Config{
		Collector: witness,
		Store:     kept, Lease: lease, Log: log, AsOf: assess.Today, FixTimes: p.config.fixTimes,
		Limit: p.config.limit, Parallel: p.config.jobs, PerHost: p.config.perHost, Backlog: p.config.backlog,
		Observe: observer(counted),
	})
	if err != nil {
		return err
	}
	defer assessor.Stop()
	counted.Waiting(assessor.Waiting)
	resolver, err := p.resolver(reach.hosts)
	if err != nil {
		return usage(err)
	}
	chain, err := lookup.New(p.config.lookup, reach.hosts, kept, reach.policy.Proxy)
	if err != nil {
		return usage(fmt.Errorf("--lookup: %w", err))
	}
	chain.Failed = func(service string, err error) {
		log.WarnContext(ctx, "a service of --lookup does not answer", "service", service, "err", err)
	}
	enrichment := &module.Enrichment{
		Assessor: assessor, Resolver: resolver, Version: version(), Text: p.config.text, Lookup: chain.Find,
		Renderer: module.Renderer{Hosts: reach.hosts, Tags: tags, Operator: p.config.operator},
	}
	if owners := p.owners(reach, collector); owners != nil && !p.config.noForge {
		enrichment.Owned = func(ctx context.Context, owner repo.Target) ([]repo.Target, error) {
			list, err := owners.MostActive(ctx, owner)
			targets := make([]repo.Target, len(list))
			for i := range list {
				targets[i] = list[i].Target
			}
			return targets, err
		}
	}
	upstream, err := newUpstream(p.config.upstream)
	if err != nil {
		return usage(fmt.Errorf("--upstream: %w", err))
	}
	server := &module.Server{
		Modules: []module.Module{enrichment.Module()}, Log: log, Version: version(), Metrics: counted,
		Patience: module.Patience{Enrichment: p.config.patience, Hover: p.config.hover}, Upstream: upstream,
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.config.listen)
	if err != nil {
		return fmt.Errorf("listen on %s (choose another address with --listen): %w", p.config.listen, err)
	}
	log.InfoContext(ctx, "listening", "address", listener.Addr().String(), "version", version())
	if err := server.Serve(ctx, listener); err != nil {
		return err
	}
	log.InfoContext(ctx, "stopped")
	return nil
}

func (p *program) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(p.config.logLevel)) // one of the option's choices
	options := &slog.HandlerOptions{Level: level}
	if p.config.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, options))
	}
	return slog.New(slog.NewTextHandler(p.stderr, options))
}
