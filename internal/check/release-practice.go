package check

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var releasePractice = &Check{
	ID:      "release-practice",
	Name:    "Release practice",
	Short:   "release practice",
	Asks:    "Are there versioned releases with notes?",
	Clause:  practice.Tracking,
	Why:     "Versions and notes let an operator decide what to update and when.",
	Fix:     "Tag each release with its version and keep a CHANGELOG.md up to date (model: keepachangelog).",
	Met:     "Version tags, and notes that keep up with them.",
	Partial: "Tags without notes, or notes that fell behind.",
	Unmet:   "No versioned releases.",
	Needs:   repo.Files | repo.Tags,
	Uses:    repo.Releases,
	Reads:   slices.Concat(changelogGlobs, []string{"debian/changelog", readmeGlob, noteCategoriesGlob, partChangelogs}, manifest.CIGlobs),
	Lists:   []string{notesFolderGlob},
	Judge:   judgeReleasePractice,
}

// changelogGlobs are the places of a project's own changelog. Those of its parts stand elsewhere.
var changelogGlobs = []string{
	"{changelog,changes,history,news,releases,release_notes,release-notes,releasenotes,whatsnew,whats-new,whats_new,whats-changed,whats_changed,change_log,change-log}{,.md,.markdown,.rst,.txt,.adoc,.asciidoc}",
	"changelog*.{md,rst,txt}",
	"{.github,doc,docs,documentation}/{changelog,changes,history,news,release_notes,release-notes,releasenotes,whatsnew,whats-new,whats_new,whats-changed,whats_changed}{,.md,.markdown,.rst,.txt,.adoc,.asciidoc}",
	"{doc,docs,documentation}/**/{changelog,changes,history,news,release_notes,release-notes,releasenotes,whatsnew,whats-new,whats_new,whats-changed,whats_changed}{,.md,.markdown,.rst,.txt,.adoc,.asciidoc}",
}

// partChangelogs are those of the parts that a project consists of, such as backend and frontend.
const partChangelogs = "{*,*/doc,*/docs}/{changelog,changes,history,release_notes,release-notes,releasenotes}{.md,.rst,.txt,.adoc}"

// inComponent reports whether a changelog that was read is one of those.
func inComponent(p string) bool {
	top, _, inFolder := strings.Cut(strings.ToLower(p), "/")
	return inFolder && !slices.Contains([]string{"doc", "docs", "documentation", ".github", "debian"}, top)
}

// notesFolderGlob is the place of notes that are kept in one file per release.
const notesFolderGlob = "{,doc/,docs/,documentation/,doc/**/,docs/**/}{changelog,changelogs,release-notes,release_notes,releasenotes,releases,whatsnew,whats-new}/*.{md,rst,txt,adoc,html}"

func judgeReleasePractice(v *View) Finding {
	tags := versionTags(v)
	all := releaseNotes(v)
	if len(tags) == 0 {
		if len(all) == 0 {
			all = notesIn(v, partChangelogs)
		}
		if len(all) == 0 {
			return unmet(nil, "no version is tagged, and there are no release notes")
		}
		f := partial(all[0].evidence(), "%s keeps release notes, but no version is tagged", all[0].doc.Path)
		f.Fix = "Tag each release with its version."
		return f
	}
	if len(all) == 0 {
		all = openingNotes(v, tags)
	}
	newest := Evidence{Tag: latest(tags).Name, Note: "the newest version tag"}
	if i := slices.IndexFunc(all, func(n *notes) bool { return n.keepUp(tags) }); i >= 0 {
		return met(append(all[i].evidence(), newest), "versions are tagged, and %s keeps up with them", all[i].doc.Path)
	}
	if tag := tellingTag(tags, v.Name); tag != nil {
		return met([]Evidence{{Tag: tag.Name, Note: "its message says what changed"}}, "versions are tagged, and most tag messages say what changed")
	}
	if r := tellingRelease(v, tags); r != nil {
		return met([]Evidence{{URL: r.URL, Tag: r.Tag, Note: "its notes on the forge say what changed"}, newest},
			"versions are tagged, and most have release notes on the forge")
	}
	if where := notesWorkflow(v); len(where) > 0 {
		return met(append(where, newest), "versions are tagged, and a workflow writes the notes of each release")
	}
	if where := noteCategories(v); where != nil {
		return met([]Evidence{*where, newest}, "versions are tagged, and %s sorts the notes that the forge writes of each release", where.Path)
	}
	for _, f := range v.Unread {
		if manifest.CI(f.Path, "") == nil && !strings.HasPrefix(strings.ToLower(path.Base(f.Path)), "readme") && !inComponent(f.Path) {
			return unknown("%s", gapReason(f.Path, f.Text.Gap, f.Text.Detail))
		}
	}
	if len(all) > 0 {
		last := slices.MaxFunc(all, furthest)
		f := partial(append(last.evidence(), newest), "versions are tagged, but %s ends before the newest minor release", last.doc.Path)
		f.Fix = "Bring " + last.doc.Path + " up to the newest version, and keep it so."
		return f
	}
	f := partial([]Evidence{newest}, "versions are tagged, but neither tree nor tag messages hold notes on what changed")
	f.Fix = "Keep a CHANGELOG.md that says what changed in each version (model: keepachangelog)."
	return f
}

// noteCategoriesGlob is the place of the categories into which GitHub sorts the notes that it generates
// (docs.github.com, "Automatically generated release notes").
const noteCategoriesGlob = ".github/release.{yml,yaml}"

// noteCategory matches such a category.
var noteCategory = pattern.New(`(?m)^\s*- title:\s*\S`)

// noteCategories returns where the categories of generated notes stand, nil if there are none.
func noteCategories(v *View) *Evidence {
	for _, d := range v.Matching(noteCategoriesGlob) {
		if hit := noteCategory.FindStringIndex(d.Content()); hit != nil {
			line := lineAt(d.Content(), hit[1])
			e := at(d, line, line, "categories of generated release notes")
			return &e
		}
	}
	return nil
}

// releaseNotes returns the notes in the tree: changelogs, a section of the README, files named after releases.
func releaseNotes(v *View) []*notes {
	all := notesIn(v, changelogGlobs...)
	for _, d := range v.Matching("debian/changelog") {
		if n := readNotes(d, d.Content(), 1); n != nil && !packagingOnly(n) {
			all = append(all, n)
		}
	}
	for _, d := range v.Matching(readmeGlob) {
		doc := d.Document()
		for _, i := range doc.Find("changelog", "change log", "release notes", "release history", "what's new", "changes", "version history", "news") {
			s := doc.Sections[i]
			if n := readNotes(d, versionItem.ReplaceAllString(cutLines(d.Content(), s.Line+1, s.End), "$1"), s.Line+1); n != nil {
				all = append(all, n)
			}
		}
	}
	for _, p := range v.Listed {
		base := strings.TrimSuffix(path.Base(p), path.Ext(p))
		file := &Doc{File: &repo.File{Path: p}}
		if n := readNotes(file, "## "+base, 1); n != nil {
			n.newest.Line, n.newest.End = 0, 0
			all = append(all, n)
		}
	}
	return all
}

// notesIn returns the notes in the changelogs that stand in some places.
func notesIn(v *View, places ...string) (all []*notes) {
	for _, d := range v.Matching(places...) {
		if n := readNotes(d, d.Content(), 1); n != nil {
			all = append(all, n)
		}
	}
	return all
}

// versionItem is an item of a list that a version in bold begins, which heads what follows as a heading would: "- **v1.2**:".
var versionItem = pattern.New(`(?m)^[-*+][ \t]+(\*\*[^*\n]*\d[^*\n]*\*\*)`)

// evidence is the newest release of the notes.
func (n *notes) evidence() []Evidence {
	name := n.newest.Version
	if name == "" && !n.newest.Date.IsZero() {
		name = n.newest.Date.Format("2006-01-02")
	}
	return []Evidence{{Path: n.doc.Place(), Line: n.newest.Line, End: n.newest.Line, Note: "the newest version noted: " + name}}
}

// newUpstream matches the notes of a package that only follows another project's releases.
var newUpstream = pattern.New(`(?i)^(?:new|update to|initial)? ?(?:upstream|release|version|package)`)

// packagingOnly reports whether the newest entry of a Debian changelog does not say what changed in the program.
func packagingOnly(n *notes) bool {
	for note := range n.newest.Notes() {
		if !newUpstream.MatchString(note.Text) && !strings.HasPrefix(note.Text, "-- ") && !emptyLine(note.Text) {
			return false
		}
	}
	return true
}

// cutLines returns the lines first to last of a text, counted from 1.
func cutLines(text string, first, last int) string {
	lines := strings.SplitAfterN(text, "\n", last+1)
	if first > len(lines) {
		return ""
	}
	return strings.Join(lines[first-1:min(last, len(lines))], "")
}

// tellingTag returns the newest of the recent tags with a message on what changed, if most of them have one.
func tellingTag(tags []tagged, project string) *repo.Tag {
	var newest *repo.Tag
	n := 0
	tags = tags[:min(len(tags), recentTags)]
	for _, t := range tags {
		if t.Annotated && tagTells(t.Message, project) {
			if n++; newest == nil {
				newest = t.Tag
			}
		}
	}
	if 2*n > len(tags) {
		return newest
	}
	return nil
}

// tellingRelease returns the newest release of the recent tags with notes on the forge, if most of them have such.
func tellingRelease(v *View, tags []tagged) *repo.Release {
	var newest *repo.Release
	n := 0
	tags = tags[:min(len(tags), recentTags)]
	for _, t := range tags {
		for i := range v.Releases.Value {
			if r := &v.Releases.Value[i]; r.Tag == t.Name && tagTells(r.Notes, v.Name) {
				n++
				newest = cmp.Or(newest, r)
				break
			}
		}
	}
	if 2*n > len(tags) {
		return newest
	}
	return nil
}

// fullChangelog matches the line with which a forge ends generated notes, which says nothing by itself.
var fullChangelog = pattern.New(`(?i)^\W*full changelog\W`)

// releaseTitle are the words of a heading on releases.
var releaseTitle = pattern.New(`(?i)\b(?:release|version|tag)`)

// titleWords is how many words a line has at most that is the title of a release: "Rule Package Release 2025-12-01".
const titleWords = 5

func tagTells(message, project string) bool {
	for line := range strings.Lines(message) {
		line = strings.TrimSpace(line)
		w := words(line)
		title := len(w) <= titleWords && releaseTitle.MatchString(line) && slices.ContainsFunc(w, versionWord.MatchString)
		if !title && !fullChangelog.MatchString(line) && !namesOnlyVersion(line, project) && !emptyLine(line) && !trailer.MatchString(line) {
			return true
		}
	}
	return false
}

// notesActions are what writes release notes by itself.
var notesActions = pattern.New(`(?i)release-please|release-drafter|semantic-release|goreleaser|action-automatic-releases` +
	`|changesets/action|git-cliff|changelog`)

// releaseActions publish a release with the notes that they are given.
var releaseActions = pattern.New(`(?i)gh-release|github-release|release-action|create-release|upload-release|release-cli`)

// notesCommands publish a release with generated notes.
var notesCommands = pattern.New(`(?i)\bgh release create\b(?:[^\n]|\\\n)*(?:--generate-notes|--notes-file|-F )` +
	`|\bglab release create\b(?:[^\n]|\\\n)*(?:--notes|-N |-F )|\brelease-cli\b[^\n]*--description|` +
	`\bgit[- ]cliff\b|\bsemantic-release\b|\bgoreleaser (?:release|--)|\bconventional-changelog\b|\bauto-changelog\b|\bstandard-version\b` +
	`|\brelease-it\b|\bjreleaser\b`)

// notesWorkflow returns the step of a workflow that writes the notes of a release, best one of a job that publishes something as well:
// others may only show what would be in them.
func notesWorkflow(v *View) []Evidence {
	var first []Evidence
	for _, d := range v.Matching(manifest.CIGlobs...) {
		p := manifest.CI(d.Path, d.Content())
		if p == nil {
			continue
		}
		for _, job := range p.Jobs {
			for _, step := range job.Steps {
				if job.Start != manifest.Never && !step.Off && ofThisProject(&step, v.Name) && writesNotes(&step) {
					e := []Evidence{at(d, step.Line, step.Line, "writes the notes of a release")}
					if slices.ContainsFunc(job.Steps, publishes) {
						return e
					}
					if first == nil {
						first = e
					}
				}
			}
		}
	}
	return first
}

// publishing matches an action or a command that hands something out.
var publishing = pattern.New(`(?i)\breleas|\bpublish|\bgit push\b|\bupload\b`)

func publishes(s manifest.Step) bool {
	return publishing.MatchString(s.Uses) || publishing.MatchString(s.Run)
}

// ofThisProject reports whether a step releases the project itself, not what it makes for another repository.
func ofThisProject(s *manifest.Step, project string) bool {
	into := s.With["repository"]
	return into == "" || strings.Contains(into, "${{") || strings.EqualFold(path.Base(into), path.Base(project))
}

// versionValue is a value of a workflow that holds no more than a version: "${{ steps.get_version.outputs.version }}".
var versionValue = pattern.New(`(?i)\$\{\{[^}]*\b(?:\w*version\w*|tag|tag_name|ref|ref_name|sha|branch|date)\s*\}\}`)

func writesNotes(s *manifest.Step) bool {
	if s.Uses != "" && releaseActions.MatchString(s.Uses) {
		for key, value := range s.With {
			switch strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key)) {
			case "generatereleasenotes":
				if strings.EqualFold(value, "true") {
					return true
				}
			case "bodypath", "bodyfile", "releasenotesfile":
				if value != "" {
					return true
				}
			case "body", "releasenotes", "description":
				if value = versionValue.ReplaceAllString(value, ""); strings.Contains(value, "steps.") || strings.Contains(value, "needs.") || strings.Contains(value, "env.") {
					return true
				}
			}
		}
	}
	return s.Uses != "" && notesActions.MatchString(s.Uses) || notesCommands.MatchString(s.Run)
}
