package check

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// version is a version that can be compared.
type version struct {
	series string // what stands before it: "" for v1.2, "debian" for debian/1.2, "pkg" for pkg-1.2
	parts  []int
	pre    bool // an alpha, beta, release candidate and the like
}

var (
	// versionParts splits the name of a tag into what stands before the numbers, the numbers, and the rest.
	versionParts = pattern.New(`(?i)^(.*?)(?:\b[vr])?\.?(\d+(?:[._-]\d+)*)(.*)$`)
	// preRelease is a rest that marks a version before the release (semver.org, item 9; PEP 440).
	preRelease = pattern.New(`(?i)^[._~-]?(?:alpha|beta|rc|pre|dev|nightly|snapshot|a\d|b\d)`)
	// epoch is the epoch of a version, as Debian and Python write it.
	epoch = pattern.New(`^\d+:`)
)

// parseVersion reads the name of a tag or the version of a changelog.
func parseVersion(name string) (version, bool) {
	m := versionParts.FindStringSubmatch(epoch.ReplaceAllString(name, ""))
	if m == nil {
		return version{}, false
	}
	v := version{series: strings.ToLower(strings.Trim(m[1], "-_/@. ")), pre: preRelease.MatchString(m[3])}
	switch v.series {
	case "v", "r", "version", "release", "releases", "rel", "hotfix", "stable":
		v.series = ""
	}
	digits := m[2]
	if _, err := time.Parse("20060102", digits); err == nil {
		digits = digits[:4] + "." + digits[4:6] + "." + digits[6:]
	} else if _, err := time.Parse("200601", digits); err == nil {
		digits = digits[:4] + "." + digits[4:]
	}
	for _, p := range strings.FieldsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		n, err := strconv.Atoi(p)
		if err != nil {
			return version{}, false
		}
		v.parts = append(v.parts, n)
	}
	return v, true
}

// calendar reports whether the version is a date, which cannot be compared with a version that is not.
func (v version) calendar() bool { return len(v.parts) > 1 && v.parts[0] >= 1990 && v.parts[0] < 2100 }

// minor returns the version cut to major and minor; of a calendar version that is year and month.
func (v version) minor() []int { return v.parts[:min(len(v.parts), 2)] }

// first reports whether the version only leads up to a minor release, as 2.0-rc2 does to 2.0.
func (v version) first() bool { return v.pre && (len(v.parts) < 3 || v.parts[2] == 0) }

// tagged is a tag that names a version.
type tagged struct {
	*repo.Tag
	version
}

// versionTags returns the tags of final versions of the project's main series, newest first, each version once. Tags that are
// younger than the assessed commit belong to another branch.
func versionTags(v *View) []tagged {
	var all []tagged
	count := map[string]int{}
	seen := map[string]bool{}
	for i := range v.Tags.Value {
		t := &v.Tags.Value[i]
		if t.Commit != v.Commit && t.Time.After(v.CommitTime.AddDate(0, 0, 1)) || !IsVersion(t.Name) {
			continue
		}
		ver, ok := parseVersion(t.Name)
		if platforms[ver.series] && !strings.EqualFold(path.Base(v.Name), ver.series) {
			continue
		}
		key := ver.series + joinParts(ver.parts)
		if !ok || ver.pre || seen[key] {
			continue
		}
		seen[key] = true
		all = append(all, tagged{t, ver})
		count[ver.series]++
	}
	main, most := "", -1
	for i := range all {
		n := count[all[i].series]
		if packaging[all[i].series] {
			n = 0
		}
		if n > most {
			main, most = all[i].series, n
		}
	}
	return slices.DeleteFunc(all, func(t tagged) bool { return t.series != main })
}

// packaging are series of tags that count the packages of distributions.
var packaging = map[string]bool{"debian": true, "ubuntu": true, "rpm": true, "fedora": true, "upstream": true}

// platforms are series of tags that mark the last state of the project for what it runs on: python3.8, django4.
var platforms = map[string]bool{
	"python": true, "py": true, "django": true, "flask": true, "php": true, "node": true, "nodejs": true, "java": true, "jdk": true, "go": true,
	"golang": true, "ruby": true, "rails": true, "perl": true, "angular": true, "vue": true, "react": true, "qt": true, "elasticsearch": true, "mongodb": true,
}

func joinParts(parts []int) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("." + strconv.Itoa(p))
	}
	return b.String()
}

// latest returns the newest of the tags; of several releases on one day, which maintain older series as well, the highest.
func latest(tags []tagged) tagged {
	top := tags[0]
	for _, t := range tags[1:] {
		if tags[0].Time.Sub(t.Time) < 24*time.Hour && slices.Compare(t.parts, top.parts) > 0 {
			top = t
		}
	}
	return top
}

// recentTags is how many of the newest tags tell the state of the releases.
const recentTags = 10

// newestMinor returns the newest minor release among the recent tags, and the day on which it came out.
func newestMinor(tags []tagged) (version, time.Time) {
	tags = tags[:min(len(tags), recentTags)]
	top := slices.MaxFunc(tags, func(a, b tagged) int { return slices.Compare(a.parts, b.parts) })
	day := top.Time
	for _, t := range tags {
		if slices.Equal(t.minor(), top.minor()) && t.Time.Before(day) {
			day = t.Time
		}
	}
	return top.version, day
}

// notes is a file of release notes, read as far as its newest release.
type notes struct {
	doc    *Doc
	newest document.Release
	top    version // of the newest release that has one
	day    time.Time
}

// maxReleases is how many releases of a changelog are looked at for the newest one, which stands at the top, in short files at the end.
const maxReleases = 100

// readNotes reads a changelog from line first on, nil if there is no release in it.
func readNotes(d *Doc, content string, first int) *notes {
	n := &notes{doc: d}
	count := 0
	for r := range document.Releases(content) {
		r.Line += first - 1
		r.End += first - 1
		if ver, ok := parseVersion(r.Version); ok && slices.Compare(ver.parts, n.top.parts) > 0 {
			n.top, n.newest = ver, r
		}
		if r.Date.After(n.day) {
			n.day = r.Date
		}
		if count == 0 && n.newest.Line == 0 {
			n.newest = r
		}
		if count++; count == maxReleases {
			break
		}
	}
	if count == 0 {
		return nil
	}
	return n
}

// openingLines is within how many lines a changelog without headings of releases names what it is about.
const openingLines = 10

// openingItems is how many items such a changelog has at least: fewer are a pointer to notes elsewhere.
const openingItems = 3

// openingNotes returns the changelogs that have no headings of releases, but name a recent tag in their opening lines.
func openingNotes(v *View, tags []tagged) []*notes {
	var all []*notes
	for _, d := range v.Matching(changelogGlobs...) {
		items := 0
		for _, b := range d.Document().Blocks {
			if b.Kind == document.Item {
				items++
			}
		}
		if items < openingItems {
			continue
		}
		n, line := 0, 0
		for text := range strings.Lines(d.Content()) {
			if line++; line > openingLines || n > 0 {
				break
			}
			for _, word := range words(text) {
				if !versionWord.MatchString(word) || !strings.Contains(word, ".") {
					continue
				}
				ver, ok := parseVersion(word)
				if ok && slices.ContainsFunc(tags[:min(len(tags), recentTags)], func(t tagged) bool { return slices.Equal(t.parts, ver.parts) }) {
					n++
					all = append(all, &notes{doc: d, newest: document.Release{Version: word, Line: line, End: line}, top: ver})
					break
				}
			}
		}
	}
	return all
}

// lag is how long after a release its notes may be dated to belong to it.
const lag = 31 * 24 * time.Hour

// keepUp reports whether the notes are not older than the newest minor release.
func (n *notes) keepUp(tags []tagged) bool {
	top, day := newestMinor(tags)
	if len(n.top.parts) > 0 && n.top.calendar() == top.calendar() {
		switch c := slices.Compare(n.top.minor(), top.minor()); {
		case c > 0, c == 0 && !n.top.first():
			return true
		}
	}
	return !n.day.IsZero() && n.day.Add(lag).After(day)
}

// furthest orders notes by how far they reach.
func furthest(a, b *notes) int {
	return cmp.Or(slices.Compare(a.top.parts, b.top.parts), a.day.Compare(b.day))
}
