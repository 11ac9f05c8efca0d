package check

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"misp-csirt-tooling/internal/repo"
)

// fillForge reads one of the files of a case that say what the forge says.
func fillForge(s *repo.Snapshot, name string, lines []string) error {
	switch name {
	case "forge":
		s.Forge = repo.Known(repo.ForgeFacts{})
		return fillLines(lines, func(key, value string) error { return setForge(&s.Forge.Value, key, value) })
	case "releases":
		return fillList(&s.Releases, lines, 5, parseRelease)
	case "advisories":
		return fillList(&s.Advisories, lines, 6, parseAdvisory)
	case "components":
		return fillList(&s.Components, lines, 4, func(f []string) (repo.Component, error) {
			return repo.Component{Name: f[0], Version: f[1], Declared: f[2], Concluded: f[3]}, nil
		})
	case "reporting":
		answer, err := parseAnswer(lines[0])
		s.Reporting = repo.Known(answer == repo.Yes)
		return err
	case "proposals":
		s.Proposals = repo.Known(repo.ProposalHistory{})
		return fillLines(lines, func(key, value string) error { return setProposals(&s.Proposals.Value, key, value) })
	}
	s.Inherited = repo.Known(repo.Defaults{})
	return nil
}

// inherit adds a file to the owner's defaults.
func inherit(s *repo.Snapshot, path, text string) {
	d := repo.Defaults{
		Ref: repo.Ref{Scheme: "https", Host: "github.com", Path: "owner/.github"}, Name: "owner/.github", Commit: strings.Repeat("d", 40),
		Files: append(s.Inherited.Value.Files, repo.File{Path: path, OID: "blob", Text: repo.Known(text)}),
	}
	s.Inherited = repo.Known(d)
}

func fillLines(lines []string, set func(key, value string) error) error {
	for _, line := range lines {
		key, value, _ := strings.Cut(line, ": ")
		if err := set(key, value); err != nil {
			return fmt.Errorf("line %q: %w", line, err)
		}
	}
	return nil
}

func fillList[T any](fact *repo.Fact[[]T], lines []string, fields int, parse func([]string) (T, error)) error {
	*fact = repo.Known([]T{})
	for _, line := range lines {
		parts := strings.SplitN(line+" ", " | ", fields)
		if len(parts) != fields {
			return fmt.Errorf("%q has not %d fields", line, fields)
		}
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		v, err := parse(parts)
		if err != nil {
			return fmt.Errorf("line %q: %w", line, err)
		}
		fact.Value = append(fact.Value, v)
	}
	return nil
}

func parseAnswer(text string) (repo.Answer, error) {
	switch text {
	case "yes", "on":
		return repo.Yes, nil
	case "no", "off":
		return repo.No, nil
	}
	return repo.Unsaid, fmt.Errorf("want yes or no, on or off")
}

func setForge(f *repo.ForgeFacts, key, value string) (err error) {
	switch key {
	case "id":
		f.ID = value
	case "previous-id":
		f.PreviousID = value
	case "name":
		f.FullName = value
	case "visibility":
		f.Visibility = value
	case "tracker":
		f.Tracker = value
	case "issues":
		f.Issues, err = parseAnswer(value)
	case "proposals":
		f.Proposals, err = parseAnswer(value)
	case "archived":
		f.Archived, err = parseAnswer(value)
	case "fork":
		f.Fork, err = parseAnswer(value)
	default:
		err = fmt.Errorf("no such word of the forge")
	}
	return err
}

func setProposals(p *repo.ProposalHistory, key, value string) (err error) {
	switch key {
	case "closed":
		p.Closed, err = strconv.Atoi(value)
	case "merged":
		p.Merged, err = strconv.Atoi(value)
	case "outside":
		p.Outside, err = strconv.Atoi(value)
	case "newest":
		p.URL = "https://github.com/owner/project/pull/1"
		p.Newest, err = time.Parse(time.DateOnly, value)
	default:
		err = fmt.Errorf("no such count")
	}
	return err
}

func parseRelease(f []string) (repo.Release, error) {
	day, err := time.Parse(time.DateOnly, f[1])
	return repo.Release{
		Tag: f[0], Time: day, Prerelease: f[2] == "prerelease", Name: f[3], Notes: strings.ReplaceAll(f[4], `\n`, "\n"),
		URL: "https://github.com/owner/project/releases/tag/" + f[0],
	}, err
}

func parseAdvisory(f []string) (repo.Advisory, error) {
	a := repo.Advisory{
		ID: f[0], Aliases: strings.Fields(f[1]), Severity: f[3], Summary: f[5],
		URL: "https://github.com/owner/project/security/advisories/" + f[0],
	}
	words := strings.Fields(f[2])
	for i := 0; i+1 < len(words); i += 2 {
		day, err := time.Parse(time.DateOnly, words[i+1])
		if err != nil {
			return a, err
		}
		switch words[i] {
		case "published":
			a.Published = day
		case "reported":
			a.Reported = day
		case "withdrawn":
			a.Withdrawn = day
		default:
			return a, fmt.Errorf("no such date: %s", words[i])
		}
	}
	for part := range strings.SplitSeq(f[4], ";") {
		versions, patched, _ := strings.Cut(part, "=>")
		name, versions, _ := strings.Cut(strings.TrimSpace(versions), " ")
		if name == "" {
			continue
		}
		ecosystem, name, _ := strings.Cut(name, "/")
		a.Affected = append(a.Affected, repo.Affected{
			Ecosystem: ecosystem, Package: name, Range: strings.TrimSpace(versions), Patched: strings.TrimSpace(patched),
		})
	}
	return a, nil
}
