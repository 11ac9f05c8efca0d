package main

import (
	"fmt"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/evidence"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// witness adds the services that --evidence names to a collector. The answers keep what they said, for conditional requests; the
// metrics count; both may be nil.
func (p *program) witness(reach *outside, next assess.Collector, answers outbound.Answers, counted *metrics.Metrics) (assess.Collector, error) {
	c := evidence.Config{
		Hosted:  func(r repo.Ref) bool { return !slices.Contains(reach.policy.Allow, r.Host) },
		AnySite: reach.policy.Any, Proxy: reach.policy.Proxy, Answers: answers,
	}
	for _, site := range p.config.sites {
		row, err := repo.ParseHost(site)
		if err != nil || strings.ContainsAny(site, ":=") {
			return nil, fmt.Errorf("--site %s: write a domain such as example.org", site)
		}
		c.Sites = append(c.Sites, row.Name)
	}
	if len(p.config.evidence) == 0 && p.config.catalogue == "" { // one of the operator's is to be right in any case
		return next, nil
	}
	known, err := p.resolver(reach.hosts)
	if err != nil {
		return nil, err
	}
	c.Known = known.Catalogue.Of
	if counted != nil {
		c.Answered = counted.AskedService
	}
	collector, err := evidence.New(p.config.evidence, c, next)
	if err != nil {
		return nil, fmt.Errorf("--evidence: %w", err)
	}
	return collector, nil
}
