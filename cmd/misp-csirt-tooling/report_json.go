package main

import (
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/repo"
)

// reportJSON is a report as `assess --format json` prints it.
type reportJSON struct {
	Repository      string        `json:"repository"` // canonical URL or path
	Name            string        `json:"name"`
	Commit          string        `json:"commit"`
	CommitTime      time.Time     `json:"commit_time"`
	AsOf            time.Time     `json:"as_of"`
	CriteriaVersion string        `json:"criteria_version"`
	Grade           string        `json:"grade"`
	Score           *int          `json:"score"` // null where nothing was judged
	Musts           mustsJSON     `json:"musts"`
	Licenses        []string      `json:"licenses"` // SPDX expressions
	Findings        []findingJSON `json:"findings"` // in the order of the table of criteria
	Gaps            []gapJSON     `json:"gaps"`
}

type mustsJSON struct {
	Met     int `json:"met"`
	Total   int `json:"total"`
	Unknown int `json:"unknown"`
}

type findingJSON struct {
	Criterion   string         `json:"criterion"`
	Strength    string         `json:"strength"`
	Status      string         `json:"status"`
	Reason      string         `json:"reason"`
	Evidence    []evidenceJSON `json:"evidence"`
	Remediation string         `json:"remediation"` // empty where nothing is to be done
}

type evidenceJSON struct {
	Path string  `json:"path"` // empty where git itself or the forge is the evidence
	Line int     `json:"line"` // 0 for the file as a whole
	URL  *string `json:"url"`  // permanent link, null for a local directory
	Note string  `json:"note"`
}

type gapJSON struct {
	Fact   string `json:"fact"`
	Gap    string `json:"gap"`
	Detail string `json:"detail"`
}

func newReportJSON(hosts *repo.Hosts, r *assess.Report) reportJSON {
	s := r.Snapshot
	out := reportJSON{
		Repository: s.Ref.String(), Name: s.Name, Commit: s.Commit, CommitTime: s.CommitTime, AsOf: s.Time,
		CriteriaVersion: check.Version, Grade: r.Grade.String(),
		Musts:    mustsJSON{r.Score.Musts.Met, r.Score.Musts.Total, r.Score.Musts.Unknown},
		Licenses: append([]string{}, r.Licenses()...), Findings: []findingJSON{}, Gaps: []gapJSON{},
	}
	if r.Score.Judged > 0 {
		out.Score = &r.Score.Percent
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		j := findingJSON{
			Criterion: f.Check.ID, Strength: f.Check.Strength().String(), Status: f.Status.String(),
			Reason: f.Reason, Evidence: []evidenceJSON{}, Remediation: remedy(f),
		}
		for _, e := range f.Evidence {
			j.Evidence = append(j.Evidence, newEvidenceJSON(hosts, s, e))
		}
		out.Findings = append(out.Findings, j)
	}
	for _, g := range r.Gaps {
		out.Gaps = append(out.Gaps, gapJSON{g.Fact, g.Gap.String(), g.Detail})
	}
	return out
}

func newEvidenceJSON(hosts *repo.Hosts, s *repo.Snapshot, e check.Evidence) evidenceJSON {
	out := evidenceJSON{Path: e.Path, Line: e.Line, Note: note(e)}
	links, url := hosts.Links(s.Ref, s.Name), e.URL
	switch {
	case e.Inherited:
		d := s.Inherited.Value
		url = hosts.Links(d.Ref, d.Name).File(d.Commit, e.Path, e.Line, e.End)
	case e.Path != "":
		url = links.File(s.Commit, e.Path, e.Line, e.End)
	case e.Tag != "":
		url = links.Tag(e.Tag)
	case e.Commit != "":
		url = links.Commit(e.Commit)
	}
	if url != "" {
		out.URL = &url
	}
	return out
}

// remedy returns what to do and where the documents ask for it, empty where nothing is to be done.
func remedy(f *check.Finding) string {
	fix, clause := f.Remediation(), f.Check.Clause
	if fix == "" || clause.Document == "" {
		return fix
	}
	return fix + " See " + clause.Document + " (" + clause.Place + ")."
}

// note returns what is seen at the evidence, with the tag or commit that it is, or whose file.
func note(e check.Evidence) string {
	switch {
	case e.Inherited:
		return "in the owner's defaults: " + e.Note
	case e.Tag != "":
		return "tag " + e.Tag + ": " + e.Note
	case e.Commit != "":
		return "commit " + e.Commit + ": " + e.Note
	}
	return e.Note
}
