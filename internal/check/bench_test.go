package check_test

import (
	"os"
	"testing"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/forge"
	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// BenchmarkRun judges a real repository, whose git directory is named by REPOSITORY, once its declared contents are in memory.
func BenchmarkRun(b *testing.B) {
	s := real(b)
	b.ReportAllocs()
	for b.Loop() {
		check.Run(s)
	}
}

// BenchmarkJudge judges it as the service does: with the reading of its files that answered the collector's questions.
func BenchmarkJudge(b *testing.B) {
	s := real(b)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		r := new(check.Reading)
		r.Wanted(s.Files.Value)
		b.StartTimer()
		r.Run(s)
	}
}

// BenchmarkWanted asks which files are wanted of a real repository, as a collector does: before and after the contents are there.
func BenchmarkWanted(b *testing.B) {
	s := real(b)
	b.ReportAllocs()
	for b.Loop() {
		r := new(check.Reading)
		r.Wanted(s.Files.Value)
		r.Wanted(s.Files.Value)
	}
}

func real(b *testing.B) *repo.Snapshot {
	b.Helper()
	dir := os.Getenv("REPOSITORY")
	if dir == "" {
		b.Skip("REPOSITORY names no git directory")
	}
	c := &forge.Collector{Git: outbound.NewGit(outbound.Policy{})}
	s, err := c.Collect(b.Context(), repo.Request{
		Target: repo.Target{Meaning: repo.Repository, Ref: repo.Ref{Scheme: "file", Path: dir}}, Want: check.Wanted,
	})
	if err != nil {
		b.Fatal(err)
	}
	s.Time = s.CommitTime
	return s
}
