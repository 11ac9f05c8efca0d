package check

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"misp-csirt-tooling/internal/repo"
)

// Reading remembers, from the first question of a collector to the verdicts, what was found out about the files of one
// repository: which globs match what, and how documents parse. The zero value is ready. It is for one repository and for
// one goroutine at a time.
type Reading struct {
	// FixTimes are what an operator sets of how fix-timeliness judges. It is set before the first question.
	FixTimes FixTimes

	tree *tree
	lib  *library
}

// Wanted returns the paths of the files whose content the checks declare, the most telling first, as far as a listing and
// the contents known so far tell: with contents come the files that they point to. The collector asks until nothing new is
// wanted. It may fill the listing in between, but a path and a content that is known stay what they are.
func (r *Reading) Wanted(files []repo.File) []string {
	r.begin(files)
	all := slices.Concat(r.picks()...)
	slices.SortStableFunc(all, func(a, b pick) int { return cmp.Compare(a.rank, b.rank) })
	var paths []string
	seen := map[int]bool{}
	for _, p := range all {
		if !seen[p.file] {
			seen[p.file] = true
			paths = append(paths, files[p.file].Path)
		}
	}
	return paths
}

// Run judges a snapshot by every check, side by side. Besides what it remembers it is pure: the same snapshot gives the
// same findings.
func (r *Reading) Run(s *repo.Snapshot) []Finding {
	r.begin(s.Files.Value)
	r.lib.beyond = r.beyond(maxJudged)
	findings := make([]Finding, len(All))
	failed := each(func(i int, c *Check) { findings[i] = judge(s, r.tree, r.lib, c) })
	for i, c := range All {
		if p := failed[i]; p != nil {
			findings[i] = unknown("the check itself failed, please report it: %.80v", p)
		}
		findings[i].Check = c
	}
	return findings
}

// picks returns the files that the checks read, in the order of the table.
func (r *Reading) picks() [][]pick {
	picked := make([][]pick, len(All))
	_ = each(func(i int, c *Check) { picked[i] = r.tree.picks(c, r.lib) }) // what fails here fails in Run again, which tells
	return picked
}

// each does something for every check, as many side by side as there are processors: more would only take turns, so that the
// one that takes longest, about licences, would end long after the others. So it begins too. It returns what a check panicked
// with, nil for most: what somebody wrote in one repository must not end a service that answers for others.
func each(do func(i int, c *Check)) (failed []any) {
	failed = make([]any, len(All))
	guarded := func(i int, c *Check) {
		defer func() { failed[i] = recover() }()
		do(i, c)
	}
	longest := max(0, slices.Index(All, licenseApproved))
	var next atomic.Int64
	var side sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		side.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(All); n = int(next.Add(1)) - 1 {
				i := (longest + n) % len(All)
				guarded(i, All[i])
			}
		})
	}
	side.Wait()
	return failed
}

// begin forgets what was remembered of another listing.
func (r *Reading) begin(files []repo.File) {
	if r.tree == nil || len(files) == 0 || len(files) != len(r.tree.files) || &files[0] != &r.tree.files[0] {
		r.tree, r.lib = newTree(files), &library{times: r.FixTimes}
	}
}

// Prepare gets ready in the background what every repository needs, while the first one is still being read.
func Prepare() {
	go func() {
		_ = each(func(_ int, c *Check) {
			_, _ = compile(c.Reads) // Validate reports what is wrong
			_, _ = compile(c.Lists)
		})
		scannables()
	}()
}

// Wanted is Reading.Wanted of a reading that remembers nothing.
func Wanted(files []repo.File) []string { return new(Reading).Wanted(files) }

// Run is Reading.Run of a reading that remembers nothing.
func Run(s *repo.Snapshot) []Finding { return new(Reading).Run(s) }
