package main

import (
	"slices"
	"testing"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
)

func TestLabelsOfTheCache(t *testing.T) {
	var want []string
	for _, r := range assess.CacheResults() {
		want = append(want, r.String())
	}
	if !slices.Equal(metrics.CacheResults, want) {
		t.Errorf("labels %v, want %v", metrics.CacheResults, want)
	}
}
