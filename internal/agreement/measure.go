package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"misp-csirt-tooling/internal/check"
)

// labelled is one repository with what an expert said of it: one line of a labels file.
type labelled struct {
	Repo   string    `json:"repo"`  // owner/name
	Head   string    `json:"head"`  // the commit that was read
	AsOf   time.Time `json:"as_of"` // the clock
	Labels map[string]struct {
		Value  string `json:"value"` // as check.Status spells it
		Reason string `json:"reason"`
	} `json:"labels"`
}

// maxLabels is the size up to which a line of a labels file is read.
const maxLabels = 4 << 20

func readLabels(r io.Reader) ([]labelled, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLabels)
	var all []labelled
	for lines.Scan() {
		var l labelled
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("read label %d: %w", len(all)+1, err)
		}
		for id, label := range l.Labels {
			if _, ok := check.ParseStatus(label.Value); !ok || check.ByID(id) == nil {
				return nil, fmt.Errorf("read label %d: %s: %q is not a status of a criterion", len(all)+1, id, label.Value)
			}
		}
		all = append(all, l)
	}
	return all, lines.Err()
}

// pair is one verdict beside its label.
type pair struct{ ours, theirs check.Status }

// tally counts pairs.
type tally struct{ counts map[pair]int }

func (t *tally) add(p pair) {
	if t.counts == nil {
		t.counts = map[pair]int{}
	}
	t.counts[p]++
}

// agreement returns how many pairs agree, and of how many.
func (t *tally) agreement() (same, of int) {
	for p, n := range t.counts {
		of += n
		if p.ours == p.theirs {
			same += n
		}
	}
	return same, of
}

// apart counts the pairs that are met against unmet.
func (t *tally) apart() int {
	return t.counts[pair{check.Met, check.Unmet}] + t.counts[pair{check.Unmet, check.Met}]
}

// guessed counts the pairs where a verdict says met and the label that nobody can tell.
func (t *tally) guessed() int { return t.counts[pair{check.Met, check.Unknown}] }

// kappa returns Cohen's kappa with linear weights over unmet < partial < met, of the pairs where both are one of these
// (J. Cohen, "Weighted kappa", Psychological Bulletin 70, 1968). It is 1 where nothing could differ by chance.
func (t *tally) kappa() float64 {
	rank := map[check.Status]int{check.Unmet: 0, check.Partial: 1, check.Met: 2}
	var n, distance float64
	var ours, theirs [3]float64
	for p, count := range t.counts {
		i, ok := rank[p.ours]
		j, both := rank[p.theirs]
		if !ok || !both {
			continue
		}
		c := float64(count)
		n += c
		ours[i] += c
		theirs[j] += c
		distance += c * float64(max(i-j, j-i))
	}
	var expected float64
	for i := range ours {
		for j := range theirs {
			expected += ours[i] * theirs[j] * float64(max(i-j, j-i))
		}
	}
	if expected == 0 {
		return 1
	}
	return 1 - distance*n/expected
}
