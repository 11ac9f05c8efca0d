package main

import (
	"errors"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
)

// observer counts what the assessor does.
func observer(m *metrics.Metrics) assess.Observer {
	return assess.Observer{
		Looked: func(r assess.CacheResult) { m.Looked(r.String()) },
		Collected: func(err error, waited, took time.Duration) {
			var refusal interface{ Advice() string }
			result := metrics.CollectedWhole
			switch {
			case errors.As(err, &refusal):
				result = metrics.CollectedRefused
			case err != nil:
				result = metrics.CollectedFailed
			}
			m.Collection(result, waited, took)
		},
	}
}
