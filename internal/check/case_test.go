package check

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"misp-csirt-tooling/internal/repo"
)

// A case is a txtar archive. Its comment says what is wanted, its files are the repository:
//
//	want: partial                  the status
//	says: names no contact         a part of the reason
//	fix: Keep a lock file.         the whole advice
//	licenses: MIT                  the SPDX expressions of the project's licences
//	at: SECURITY.md:3              a place among the evidence (PATH:LINE, PATH, tag:NAME, commit:OID or an address)
//	as-of: 2026-08-22              the clock, by default 2026-08-22
//	fix-times: 30 90 3             days for critical and high, days for others, years that count; these are the defaults
//	name: owner/tool               the name of the repository, by default owner/project
//	-- SECURITY.md --
//	...
//
// What is not a file of the tree stands in files below .git/, none of them required:
//
//	-- .git/commits --             newest first; "20x " before a line repeats it a day earlier each, %d in the subject counts, "..." stands for older ones that were not read
//	2026-01-02 | Alice <alice@example.org> | openpgp:0123456789ABCDEF | Fix the parser
//	...                            older commits were not read
//	-- .git/tags --                newest first; the third field is light or annotated, \n ends a line of the message
//	v1.2 | 2026-01-02 | annotated | unsigned | Version 1.2\nFixes the parser
//	-- .git/links --               symbolic links
//	README.md -> docs/index.md
//	-- .git/forge --               what the forge says of the repository; a line that lacks is unsaid, without the file the forge was not asked
//	id: 1296269
//	previous-id: 17                it had another id before
//	name: Owner/Project
//	visibility: public             or internal, private
//	issues: on                     or off
//	proposals: on                  or off: whether anyone can propose changes
//	archived: no                   or yes
//	fork: no                       or yes
//	tracker: https://bugs.example.org/
//	-- .git/releases --            newest first; the third field is release or prerelease, \n ends a line of the notes
//	v1.2 | 2026-01-02 | release | Version 1.2 | Fixes CVE-2026-0001\nThanks to all
//	-- .git/advisories --          newest first; id | aliases | dates | severity | affected | summary
//	GHSA-aaaa-bbbb-cccc | CVE-2026-0001 | published 2026-01-02 reported 2025-12-01 withdrawn 2026-02-01 | high | pip/project < 1.2 => 1.2; npm/project < 3 => | Summary
//	-- .git/reporting --           on or off: whether the forge takes private reports
//	on
//	-- .git/proposals --           what became of the newest closed pull requests
//	closed: 30
//	merged: 20
//	outside: 5
//	newest: 2026-01-02
//	-- .git/components --          name | version | declared licence | concluded licence
//	requests | 2.32.0 | Apache-2.0 |
//	-- .git/inherited/PATH --      a file of the owner's defaults; at: names it inherited:PATH:LINE
//	...
//	-- .git/osv --                 as .git/advisories: what OSV lists; a summary of "fixed by OID" names a commit
//	-- .git/cves --                as .git/advisories: the CVE records of a vulnerability-lookup
//	-- .git/keys/NAME --           what a key server hands out for a fingerprint, or a directory for an address
//	...
//	-- .git/sites/HOST --          security.txt at a site of the project
//	...
//	-- .git/no-defaults --         empty: the owner was found to have no defaults
//	-- .git/public --              yes or no; without it nobody asked
//	yes
//	-- .git/gaps --                a kind of fact, or the path of a file, that could not be had
//	files: failed
//	SECURITY.md: too-large
type testCase struct {
	want, says, fix, at string
	licenses            string
	times               FixTimes
	snapshot            *repo.Snapshot
}

// webKey is the key with which the forge signs what is done in its web interface.
const webKey = "B5690EEEBB952194"

func loadCase(file string) (*testCase, error) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		return nil, err
	}
	c := &testCase{times: DefaultFixTimes(), snapshot: &repo.Snapshot{
		Ref: repo.Ref{Scheme: "https", Host: "github.com", Path: "owner/project"}, Name: "owner/project",
		Commit:  strings.Repeat("c", 40),
		Time:    time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC),
		Public:  repo.Missing[bool](repo.Unasked, ""),
		Files:   repo.Known([]repo.File(nil)),
		Commits: repo.Missing[repo.History](repo.Unasked, ""),
		Tags:    repo.Known([]repo.Tag(nil)),
	}}
	c.snapshot.SetGap(repo.OfForge, repo.Unasked, "the forge was not asked")
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "want":
			c.want = value
		case "fix":
			c.fix = value
		case "says":
			c.says = value
		case "at":
			c.at = value
		case "licenses":
			c.licenses = value
		case "name":
			c.snapshot.Name = value
		case "fix-times":
			if _, err := fmt.Sscan(value, &c.times.Grave, &c.times.Other, &c.times.Years); err != nil {
				return nil, err
			}
		case "as-of":
			if c.snapshot.Time, err = time.Parse(time.DateOnly, value); err != nil {
				return nil, err
			}
		case "":
		default:
			if strings.HasSuffix(key, ":") || !strings.HasPrefix(key, "#") {
				return nil, fmt.Errorf("header %q is not known", key)
			}
		}
	}
	return c, c.fill(archive.Files)
}

func (c *testCase) fill(files []txtar.File) error {
	s := c.snapshot
	var later []txtar.File
	for _, f := range files {
		if strings.HasPrefix(f.Name, ".git/") {
			later = append(later, f)
			continue
		}
		s.Files.Value = append(s.Files.Value, repo.File{Path: f.Name, OID: "blob", Text: repo.Known(string(f.Data))})
	}
	for _, f := range later {
		lines := strings.Split(strings.TrimSpace(string(f.Data)), "\n")
		if lines[0] == "" {
			lines = nil
		}
		if name, inherited := strings.CutPrefix(f.Name, ".git/inherited/"); inherited {
			inherit(s, name, string(f.Data))
			continue
		}
		if name, served := strings.CutPrefix(f.Name, ".git/keys/"); served {
			serveKey(s, name, f.Data)
			continue
		}
		if host, site := strings.CutPrefix(f.Name, ".git/sites/"); site {
			showSite(s, host, string(f.Data))
			continue
		}
		if err := c.fact(strings.TrimPrefix(f.Name, ".git/"), lines); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	slices.SortFunc(s.Files.Value, func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

func (c *testCase) fact(name string, lines []string) error {
	s := c.snapshot
	switch name {
	case "commits":
		s.Commits = repo.Known(repo.History{})
		for _, line := range lines {
			if line == "..." {
				s.Commits.Value.Truncated = true
				continue
			}
			commits, err := parseCommits(line, len(s.Commits.Value.Commits))
			if err != nil {
				return err
			}
			s.Commits.Value.Commits = append(s.Commits.Value.Commits, commits...)
		}
		if list := s.Commits.Value.Commits; len(list) > 0 {
			s.Commit, s.CommitTime = list[0].OID, list[0].Time
		}
	case "tags":
		for _, line := range lines {
			tag, err := parseTag(line, len(s.Tags.Value))
			if err != nil {
				return err
			}
			s.Tags.Value = append(s.Tags.Value, tag)
		}
	case "links":
		for _, line := range lines {
			from, to, _ := strings.Cut(line, " -> ")
			link := repo.File{Path: from, Mode: repo.Symlink, Text: repo.Missing[string](repo.Absent, "the link leads nowhere")}
			for _, f := range s.Files.Value {
				if f.Path == to {
					link.Target, link.Text = to, f.Text
				}
			}
			s.Files.Value = append(s.Files.Value, link)
		}
	case "forge", "releases", "advisories", "reporting", "proposals", "components", "no-defaults":
		return fillForge(s, name, lines)
	case "osv", "cves":
		return listRecords(s, name, lines)
	case "public":
		s.Public = repo.Known(lines[0] == "yes")
	case "gaps":
		for _, line := range lines {
			what, gap, _ := strings.Cut(line, ": ")
			if err := c.gap(what, gap); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("no such fact")
	}
	return nil
}

func (c *testCase) gap(what, name string) error {
	g := repo.Unasked
	for ; g.String() != name; g++ {
		if g > repo.Failed {
			return fmt.Errorf("gap %q is not known", name)
		}
	}
	s := c.snapshot
	for _, k := range repo.Kinds {
		if k.Name == what {
			s.SetGap(k.Kind, g, "")
			return nil
		}
	}
	for i := range s.Files.Value {
		if s.Files.Value[i].Path == what {
			s.Files.Value[i].Text = repo.Missing[string](g, "")
			return nil
		}
	}
	return fmt.Errorf("%q is neither a fact nor a file", what)
}

var repeated = regexp.MustCompile(`^(\d+)x `)

func parseCommits(line string, count int) ([]repo.Commit, error) {
	times := 1
	if m := repeated.FindStringSubmatch(line); m != nil {
		times, _ = strconv.Atoi(m[1])
		line = line[len(m[0]):]
	}
	fields := strings.SplitN(line, " | ", 4)
	if len(fields) != 4 {
		return nil, fmt.Errorf("commit %q has not four fields", line)
	}
	day, err := time.Parse(time.DateOnly, fields[0])
	if err != nil {
		return nil, err
	}
	author, mail, _ := strings.Cut(strings.TrimSuffix(fields[1], ">"), " <")
	var commits []repo.Commit
	for i := range times {
		subject, body, _ := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(fields[3], "%d", strconv.Itoa(i+1)), `\n`, "\n"), "\n")
		commits = append(commits, repo.Commit{
			OID: fmt.Sprintf("%040x", count+i+1), Time: day.AddDate(0, 0, -i),
			AuthorName: author, AuthorEmail: mail, Committer: author, Parents: 1,
			Subject: subject, Body: strings.TrimSpace(body), Signature: parseSignature(fields[2]),
		})
	}
	return commits, nil
}

func parseTag(line string, count int) (repo.Tag, error) {
	fields := strings.SplitN(line, " | ", 5)
	if len(fields) != 5 {
		return repo.Tag{}, fmt.Errorf("tag %q has not five fields", line)
	}
	day, err := time.Parse(time.DateOnly, fields[1])
	return repo.Tag{
		Name: fields[0], Commit: fmt.Sprintf("%040x", 0xa000+count), Time: day, Annotated: fields[2] == "annotated",
		Signature: parseSignature(fields[3]), Message: strings.ReplaceAll(fields[4], `\n`, "\n"),
	}, err
}

func parseSignature(text string) repo.Signature {
	scheme, key, _ := strings.Cut(text, ":")
	switch scheme {
	case "openpgp":
		return repo.Signature{Scheme: repo.OpenPGP, KeyID: key}
	case "web":
		return repo.Signature{Scheme: repo.OpenPGP, KeyID: webKey}
	case "ssh":
		return repo.Signature{Scheme: repo.SSH}
	case "x509":
		return repo.Signature{Scheme: repo.X509}
	}
	return repo.Signature{}
}

// TestCases judges every case by the check that its folder names.
func TestCases(t *testing.T) {
	for _, c := range All {
		files, err := filepath.Glob(filepath.Join("testdata", c.ID, "*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, file := range files {
			tc, err := loadCase(file)
			if err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			seen[tc.want] = true
			t.Run(c.ID+"/"+strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { tc.run(t, c) })
		}
		if c.Judge == nil {
			continue
		}
		for _, s := range []Status{Met, Unmet, Unknown} {
			if !seen[s.String()] {
				t.Errorf("%s has no case for %s", c.ID, s)
			}
		}
	}
}

func (c *testCase) run(t *testing.T, judged *Check) {
	f := judge(c.snapshot, newTree(c.snapshot.Files.Value), &library{times: c.times}, judged)
	if f.Status.String() != c.want || !strings.Contains(f.Reason, c.says) {
		t.Errorf("got %s: %s\nwant %s: …%s…", f.Status, f.Reason, c.want, c.says)
	}
	if c.at != "" && !slices.ContainsFunc(f.Evidence, func(e Evidence) bool { return evidenceText(e) == c.at || e.Path == c.at }) {
		t.Errorf("the evidence %+v does not hold %s", f.Evidence, c.at)
	}
	if got := strings.Join(f.Licenses, " "); c.licenses != "" && got != c.licenses {
		t.Errorf("got the licences %q, want %q", got, c.licenses)
	}
	if f.Check = judged; c.fix != "" && f.Remediation() != c.fix {
		t.Errorf("got the advice %q, want %q", f.Remediation(), c.fix)
	}
	checkForm(t, f)
}

// checkForm holds for every finding, whatever the case.
func checkForm(t *testing.T, f Finding) {
	t.Helper()
	if f.Reason == "" || strings.HasSuffix(f.Reason, ".") || strings.Contains(f.Reason, "\n") || len(f.Reason) > 300 {
		t.Errorf("the reason is not one short sentence without a stop: %q", f.Reason)
	}
	if f.Status.Judged() && len(f.Evidence) == 0 {
		t.Errorf("%s without evidence", f.Status)
	}
	open := func(e Evidence) bool { return evidenceText(e) != "" }
	if (f.Status == Met || f.Status == Partial) && !slices.ContainsFunc(f.Evidence, open) {
		t.Errorf("%s without evidence that a person can open: %+v", f.Status, f.Evidence)
	}
}

func evidenceText(e Evidence) string {
	if e.Inherited {
		e.Inherited = false
		return "inherited:" + evidenceText(e)
	}
	switch {
	case e.Tag != "":
		return "tag:" + e.Tag
	case e.Commit != "":
		return "commit:" + e.Commit
	case e.Line > 0:
		return e.Path + ":" + strconv.Itoa(e.Line)
	case e.URL != "":
		return e.URL
	}
	return e.Path
}

// TestCasesListed finds folders of cases that belong to no check.
func TestCasesListed(t *testing.T) {
	dirs, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if ByID(d.Name()) == nil {
			t.Errorf("testdata/%s belongs to no check", d.Name())
		}
	}
}
