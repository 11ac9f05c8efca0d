package main

import (
	"strings"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/module"
)

// upstreamTimeout is how long an answer of another server of modules may take. MISP gives up long before.
const upstreamTimeout = 5 * time.Minute

// newUpstream returns the server of modules at a URL, nil for none. The operator names it, so that it may have any address.
func newUpstream(address string) (*module.Upstream, error) {
	if address == "" {
		return nil, nil
	}
	api, err := outbound.NewAPI(outbound.APIConfig{Name: "upstream", Base: address, Private: true, Posts: true, Timeout: upstreamTimeout})
	if err != nil {
		return nil, err
	}
	return &module.Upstream{Base: strings.TrimSuffix(api.Base().String(), "/"), Ask: api.Client().Do}, nil
}
