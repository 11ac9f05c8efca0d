package main

import (
	"math"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/check"
)

func TestKappa(t *testing.T) {
	var t1 tally
	add := func(ours, theirs check.Status, times int) {
		for range times {
			t1.add(pair{ours, theirs})
		}
	}
	if k := t1.kappa(); k != 1 {
		t.Errorf("kappa of nothing = %v, want 1", k)
	}
	// Rows 4 1 0, 1 2 1, 0 1 5 of unmet, partial, met: observed distance 4 of 15; margins 5 4 6 and 5 4 6, so the
	// expected distance is (5*4 + 5*6*2 + 4*5 + 4*6 + 6*5*2 + 6*4) / 15 = 208/15; kappa = 1 - 4*15/208.
	add(check.Unmet, check.Unmet, 4)
	add(check.Unmet, check.Partial, 1)
	add(check.Partial, check.Unmet, 1)
	add(check.Partial, check.Partial, 2)
	add(check.Partial, check.Met, 1)
	add(check.Met, check.Partial, 1)
	add(check.Met, check.Met, 5)
	add(check.Unknown, check.Met, 3) // left out of kappa, counted in the agreement
	add(check.Met, check.Unknown, 2)
	if got, want := t1.kappa(), 1-4.0*15/208; math.Abs(got-want) > 1e-12 {
		t.Errorf("kappa = %v, want %v", got, want)
	}
	if same, of := t1.agreement(); same != 11 || of != 20 {
		t.Errorf("agreement %d of %d, want 11 of 20", same, of)
	}
	if t1.guessed() != 2 || t1.apart() != 0 {
		t.Errorf("guessed %d, apart %d, want 2 and 0", t1.guessed(), t1.apart())
	}
	add(check.Met, check.Unmet, 1)
	add(check.Unmet, check.Met, 1)
	if t1.apart() != 2 {
		t.Errorf("apart = %d, want 2", t1.apart())
	}
}

func TestReadLabels(t *testing.T) {
	const line = `{"repo":"owner/project","head":"c0","as_of":"2026-08-22T00:00:00Z","labels":{"activity":{"value":"met","reason":"alive"}}}`
	labels, err := readLabels(strings.NewReader(line + "\n" + line + "\n"))
	if err != nil || len(labels) != 2 || labels[0].Labels["activity"].Value != "met" || labels[1].AsOf.Year() != 2026 {
		t.Errorf("readLabels = %+v, %v", labels, err)
	}
	for _, wrong := range []string{`{`, strings.Replace(line, "activity", "unheard-of", 1), strings.Replace(line, `"met"`, `"fine"`, 1)} {
		if _, err := readLabels(strings.NewReader(wrong)); err == nil {
			t.Errorf("readLabels(%s) has no error", wrong)
		}
	}
}
