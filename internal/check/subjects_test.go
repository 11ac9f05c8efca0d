package check

import (
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

func TestNamesOnlyVersion(t *testing.T) {
	for _, line := range []string{"Version 4.40.0", "v2.4.198", "hotfix-2.4.198", "Tagging version 3.8.9", "Bump version: 2.4.19 → 2.4.20", "Version 4.23.10.post1 (changelog-only fix)",
		"Bump version number to 4.5.8.", "chg: [release] Release version 5.0.0.", "Tool release 12", "Update tool version to 20260630", "Bump version: v5.9.1 (#327)"} {
		if !namesOnlyVersion(line, "owner/tool") {
			t.Errorf("%q says more than a version", line)
		}
	}
	for _, line := range []string{"Bump requests from 2.31.0 to 2.32.0", "Fix #64", "Fix for python 3.10", "Release 2.0 reads STIX", "fix 64", "Init code of feed7.py", ""} {
		if namesOnlyVersion(line, "owner/tool") {
			t.Errorf("%q says only a version", line)
		}
	}
}

func TestSaysNothing(t *testing.T) {
	for _, subject := range []string{"Update README.md", "fix", "wip", ".", "Merge branch 'main' into dev", "chg: Minor changes", "Fix #64", "ABC-12", "Add files via upload",
		"Update docs/user/eventdb.rst", "Initial commit", "fixes #1, #2", "chg: [README] update"} {
		if !saysNothing(&repo.Commit{Subject: subject}) {
			t.Errorf("%q says something", subject)
		}
	}
	for _, subject := range []string{"Fix pagination", "chg: [warning-list] updated", "Bump deps", "修复解析错误", "doc: explain the feeds", "Dodano obsługę"} {
		if saysNothing(&repo.Commit{Subject: subject}) {
			t.Errorf("%q says nothing", subject)
		}
	}
}

func TestCountPeople(t *testing.T) {
	commit := func(name, mail string) repo.Commit { return repo.Commit{AuthorName: name, AuthorEmail: mail} }
	commits := []repo.Commit{
		commit("Alice Example", "alice@example.org"), commit("alice example", "alice@example.net"), commit("alice", "alice@example.net"),
		commit("Bob", "77+bob-ex@users.noreply.github.com"), commit("bob-ex", "bob@example.org"),
	}
	if n := countPeople(commits); n != 2 {
		t.Errorf("%d people, want Alice and Bob", n)
	}
}

func TestIsBot(t *testing.T) {
	for _, name := range []string{"dependabot[bot]", "GitHub Action", "github-actions", "tool-bot", "renovate", "Hosted Weblate", "pre-commit-ci"} {
		if !isBot(&repo.Commit{AuthorName: name}) {
			t.Errorf("%q is taken for a person", name)
		}
	}
	for _, name := range []string{"Abbott", "Robotnik", "Travis Example", "Claude Example", "Jenkins Example", "Marci", ""} {
		if isBot(&repo.Commit{AuthorName: name}) {
			t.Errorf("%q is taken for a program", name)
		}
	}
}

func TestHeadline(t *testing.T) {
	if got := headline("Fix the parser"); got != "Fix the parser" {
		t.Errorf("got %q", got)
	}
	if got := headline(strings.Repeat("é", headlineSize)); got != strings.Repeat("é", headlineSize/2)+"…" {
		t.Errorf("got %q", got)
	}
}
