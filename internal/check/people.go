package check

import (
	"slices"
	"strings"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// Names under which programs commit: how they begin, and those that are given names too and so must stand alone.
var (
	botPrefixes = []string{"dependabot", "renovate", "greenkeeper", "pyup", "snyk", "mergify", "imgbot", "weblate", "hosted weblate", "pre-commit",
		"github action", "github-action", "gitlab ci", "gitlab-ci", "travis ci", "travis-ci", "circleci", "codecov", "semantic-release", "allcontributors"}
	botNames    = []string{"travis", "jenkins", "copilot", "claude", "bot", "ci"}
	botSuffixes = []string{"-bot", "_bot", " bot", "-ci", " ci"}
)

// isBot reports whether a program made the commit.
func isBot(c *repo.Commit) bool {
	name := strings.ToLower(c.AuthorName)
	return strings.Contains(name, "[bot]") || strings.Contains(c.AuthorEmail, "[bot]@") || slices.Contains(botNames, name) ||
		slices.ContainsFunc(botPrefixes, func(p string) bool { return strings.HasPrefix(name, p) }) ||
		slices.ContainsFunc(botSuffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

// noReply matches the address that GitHub gives to an account, with or without the account's number.
var noReply = pattern.New(`^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$`)

// countPeople returns how many distinct people wrote the commits. As in a mailmap, two authors of the same name or
// the same address are one person.
func countPeople(commits []repo.Commit) int {
	parent := map[string]string{}
	var root func(string) string
	root = func(k string) string {
		if p := parent[k]; p != k {
			parent[k] = root(p)
		}
		return parent[k]
	}
	add := func(k string) {
		if _, ok := parent[k]; !ok {
			parent[k] = k
		}
	}
	for i := range commits {
		c := &commits[i]
		name, mail := "n "+strings.ToLower(strings.Join(strings.Fields(c.AuthorName), " ")), "m "+strings.ToLower(c.AuthorEmail)
		if m := noReply.FindStringSubmatch(strings.ToLower(c.AuthorEmail)); m != nil {
			mail = "n " + m[1] // the account's name, under which the same person may write elsewhere
		}
		if c.AuthorEmail == "" {
			mail = name
		}
		add(name)
		add(mail)
		parent[root(name)] = root(mail)
	}
	people := 0
	for k := range parent {
		if root(k) == k {
			people++
		}
	}
	return people
}
