package check

import (
	"regexp"
	"strings"

	"misp-csirt-tooling/internal/repo"
)

// botName matches the names under which programs commit.
var botName = regexp.MustCompile(`(?i)\[bot\]|^(?:dependabot|renovate|greenkeeper|pyup|snyk|mergify|imgbot|weblate|hosted weblate|pre-commit|github[ -]?actions?|gitlab[ -]?ci|travis(?:[ -]ci)?|jenkins|circleci|codecov|copilot|claude|semantic-release|allcontributors)\b|(?:^|[-_ ])(?:bot|ci)$`)

// isBot reports whether a program made the commit.
func isBot(c *repo.Commit) bool {
	return botName.MatchString(c.AuthorName) || strings.Contains(c.AuthorEmail, "[bot]@")
}

// noReply matches the address that GitHub gives to an account, with or without the account's number.
var noReply = regexp.MustCompile(`^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$`)

// countPeople returns how many distinct people wrote the commits. As in a mailmap, two authors of the same name or
// the same address are one person; programs are left out.
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
		if isBot(c) {
			continue
		}
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
