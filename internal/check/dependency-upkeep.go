package check

import (
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var dependencyUpkeep = &Check{
	ID:      "dependency-upkeep",
	Name:    "Upkeep of dependencies",
	Short:   "upkeep of dependencies",
	Asks:    "Are dependencies kept current?",
	Clause:  practice.DependencyRuins,
	Why:     "Most vulnerabilities of a tool come in with its dependencies.",
	Fix:     "Pin the dependencies in a lock file and let an update bot such as Dependabot or Renovate raise them.",
	Met:     "Regular updates together with pins or lock files.",
	Partial: "One of the two, or an old stack with an active bot.",
	Unmet:   "Neither, or a stack at end of life.",

	Needs: repo.Files,
	Uses:  repo.Commits,
	Reads: slices.Concat(manifest.UpdateGlobs, manifest.ManifestGlobs, containerFiles),
	Lists: slices.Concat(manifest.LockGlobs, manifest.ManifestGlobs, codeGlobs, []string{submodules, wheels}),
	Judge: judgeDependencyUpkeep,
}

// submodules lists repositories of others, each of which the tree fixes at a commit: the way to bundle libraries of C and C++.
const submodules = ".gitmodules"

// wheels are packages of Python, each of one version; from fewWheels on, the tree bundles what it needs, as it does for machines
// without a network.
const (
	wheels    = "**/*-*.whl"
	fewWheels = 3
)

// containerFiles are recipes of containers, whose base images have an end of life.
var containerFiles = []string{"**/{dockerfile,containerfile}{,.*,-*}", "**/*.dockerfile"}

// cAndCPlusPlus is an ecosystem without a lock file that most projects use.
const cAndCPlusPlus = "C and C++"

// regularBumps is on how many days of a year dependencies are raised where it is a habit.
const regularBumps = 3

var (
	// bumpForm is a subject that speaks of raising dependencies, after the marks of a convention: "chg: [deps] ", "build(deps): ".
	bumpForm = pattern.New(`(?i)^(?:[a-z]+(?:\([\w./ -]*\))?!?:\s*)?(?:\[[\w ./-]+\]\s*)?` +
		`(?:(?:bump|upgrad|updat|rais|refresh)(?:ed|es|ing|e|s)?\b.*\b(?:deps?|dependenc\w+|requirements?(?:\.txt)?|packages?|lock ?files?` +
		`|[\w-]+\.lock|librar\w+|(?:from|to) v?\d[\w.]*)\b|deps\b|` +
		`bump(?:ed|ing|s)? +@?[a-z][\w@/.-]*(?:(?: and|,) +@?[a-z][\w@/.-]*)*(?: \(#\d+\))?$|` +
		`fix(?:ed|es)?\b[ /:](?:[\w-]+ ){0,3}(?:dependencies\b|(?:dependency|package)s? vuln\w*))`)
	// incomplete is a subject on what was declared wrongly, not too old.
	incomplete = pattern.New(`(?i)\bfix\w*\b.*\b(?:missing|circular|cyclic|optional|build|unmet|broken|wrong)\b`)
	// updateBots are authors of commits that raise dependencies by themselves.
	updateBots = pattern.New(`(?i)dependabot|renovate|pyup|greenkeeper|scala-steward|snyk-bot|depfu`)
	// marked is the mark of dependencies in a subject, after Conventional Commits or in brackets.
	marked = pattern.New(`(?i)\((?:deps|dependencies)(?:-dev)?\)|\[(?:deps|dependenc\w+)\]`)

	// ownVersion tells a release of the project itself, a new year in its notices or new content: "Update version to 2.1", "core: bump to
	// 2.1", "Bump changelog".
	ownVersion = pattern.New(`(?i)\bversion\b|\bv?\d+(?:\.\d+)+ ?(?:→|->|to) ?v?\d` +
		`|^(?:[\w./-]+:\s*)?(?:bump|upgrad|updat|rais)(?:ed|es|ing|e|s)?\s+to\b|\bcopyrights?\b` +
		`|\bbump\w* +(?:the )?(?:v\d|releases?|patch|minor|major|revision|build|years?|changelog|docs?|issues?|repo|models?|objects?|templates?|all)\b`)
)

// upkeep is what shows whether dependencies are kept current.
type upkeep struct {
	bot        *manifest.UpdateBot // one that raises packages
	botDoc     *Doc
	other      bool     // there is one, which may raise something else, such as the actions of workflows
	bumps      []string // commits that raise dependencies, one of a day, in the year before the assessed commit
	recent     bool     // one of them is of the last six months
	byBot      bool     // one of them is a bot's
	lock       string   // a lock file of the main ecosystem
	pins       *declaration
	submodules bool   // libraries are bundled as submodules
	wheel      string // the first of the packages of Python that are bundled
	some       bool   // a part of the dependencies has exact versions
	cut        bool   // the history that was read does not reach back a year
	ended      string // a runtime or framework at its end of life
	endedAt    Evidence
	main       string       // the ecosystem of most dependencies
	system     *declaration // libraries of the system, which the distribution keeps
}

func judgeDependencyUpkeep(v *View) Finding {
	all := declarations(v)
	declared := slices.DeleteFunc(slices.Clone(all), func(d declaration) bool { return len(d.deps.List) == 0 })
	locks := v.Named(manifest.LockGlobs...)
	slices.SortStableFunc(locks, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	if len(declared) == 0 && len(locks) == 0 {
		if len(v.Named(manifest.ManifestGlobs...)) > len(all) {
			return unmet(nil, "no lock file, and no bot that raises what the manifests declare")
		}
		if len(all) > 0 || len(v.Named(codeGlobs...)) > 0 {
			if u := (&upkeep{}); u.readBots(v, true) {
				return partial([]Evidence{at(u.botDoc, u.bot.Line, 0, "update bot")}, "%s is set up, but no manifest declares dependencies of the program", u.bot.Name)
			}
			f := unmet([]Evidence{{Note: "looked in vain for " + sought(manifest.ManifestGlobs)}}, "no manifest declares dependencies that could be kept current")
			f.Fix = "Declare the dependencies in a manifest, pin them in a lock file and let an update bot such as Dependabot or Renovate raise them."
			return f
		}
		return notApplicable("there is no program in the tree that could have dependencies")
	}
	u := readUpkeep(v, declared, locks)
	u.readEnds(v, all)
	f := u.judge()
	if f.Status == Met && !v.CommitTime.IsZero() && silent(v.CommitTime, v.Time) { // whatever was set up keeps nothing current
		return partial(f.Evidence, "versions are fixed and were raised once, but nothing was committed for more than three years")
	}
	return f
}

func readUpkeep(v *View, declared []declaration, locks []string) *upkeep {
	u := &upkeep{}
	u.readBots(v, false)
	u.readBumps(v)
	direct, exact := countDirect(declared)
	main := ""
	for _, e := range slices.Sorted(maps.Keys(direct)) {
		if main == "" || direct[e] > direct[main] {
			main = e
		}
	}
	u.main = main
	for _, p := range locks {
		if e, _ := manifest.EcosystemOf(p); u.lock == "" && (e == main || main == "" || 3*direct[e] >= direct[main]) {
			u.lock = p
		}
	}
	if main == cAndCPlusPlus {
		u.submodules = len(v.Named(submodules)) > 0
	}
	if bundled := v.Named(wheels); main == "Python" && len(bundled) >= fewWheels {
		u.wheel = bundled[0]
	}
	if i := slices.IndexFunc(declared, func(d declaration) bool { return d.deps.Ecosystem == cAndCPlusPlus }); i >= 0 {
		u.system = &declared[i]
	}
	u.some = exact[main] > 0
	if 10*exact[main] >= 6*direct[main] {
		u.pins = mostPins(declared, main)
	}
	return u
}

// readBots finds the bot that raises packages. Any finds one whatever it raises.
func (u *upkeep) readBots(v *View, any bool) bool {
	for _, d := range v.Matching(manifest.UpdateGlobs...) {
		bot := manifest.ReadUpdateBot(d.Path, d.Content())
		if bot != nil && u.bot == nil && (any || bot.Packages()) {
			u.bot, u.botDoc = bot, d
		}
		u.other = u.other || bot != nil
	}
	return u.bot != nil
}

// readBumps finds the commits of the last year that raise dependencies; commits come newest first.
func (u *upkeep) readBumps(v *View) {
	if !v.Commits.Known() {
		u.cut = true
		return
	}
	year, last := v.CommitTime.AddDate(-1, 0, 0), ""
	u.cut = v.Commits.Value.Truncated
	for _, c := range v.Commits.Value.Commits {
		if c.Time.Before(year) {
			u.cut = false
			break
		}
		bot := updateBots.MatchString(c.AuthorName)
		if c.Parents > 1 || !bot && !raisesDependencies(c.Subject, v.Name) {
			continue
		}
		if len(u.bumps) == 0 {
			u.recent = c.Time.After(v.CommitTime.AddDate(0, -6, 0))
		}
		if day := c.Time.UTC().Format(time.DateOnly); day != last {
			u.bumps, last = append(u.bumps, c.OID), day
		}
		u.byBot = u.byBot || bot
	}
}

// countDirect counts by ecosystem the dependencies of the program itself, and those of them that are fixed to a version.
func countDirect(declared []declaration) (all, exact map[string]int) {
	all, exact = map[string]int{}, map[string]int{}
	for _, d := range declared {
		for _, dep := range d.deps.List {
			if !dep.Dev {
				all[d.deps.Ecosystem]++
			}
		}
		if n := pins(d); n > 0 {
			exact[d.deps.Ecosystem] += n
		}
	}
	return all, exact
}

// patchesOnly is a constraint that lets in nothing but patches of one version: "~=3.1.1", "~3.1.1".
var patchesOnly = pattern.New(`^~[=>]? *v?\d+\.\d+\.\d`)

// pins counts the dependencies of the program itself that a file fixes to a version, patches of it aside.
func pins(d declaration) (n int) {
	for _, dep := range d.deps.List {
		if (dep.Exact || patchesOnly.MatchString(dep.Version)) && !dep.Dev {
			n++
		}
	}
	return n
}

// pinned is the place of the first of them.
func (d *declaration) pinned() Evidence {
	for _, dep := range d.deps.List {
		if dep.Exact && !dep.Dev {
			return at(d.doc, dep.Line, 0, "exact versions")
		}
	}
	return whole(d.doc, "exact versions")
}

// mostPins returns the file of an ecosystem that fixes the most, which is the one to show, or nil.
func mostPins(declared []declaration, ecosystem string) *declaration {
	var found *declaration
	most := 0
	for i := range declared {
		if n := pins(declared[i]); declared[i].deps.Ecosystem == ecosystem && n > most {
			found, most = &declared[i], n
		}
	}
	return found
}

// raisesDependencies reports whether the subject of a commit speaks of raising dependencies, not the project's own version.
func raisesDependencies(subject, project string) bool {
	if namesOnlyVersion(subject, project) || incomplete.MatchString(subject) {
		return false
	}
	if marked.MatchString(subject) {
		return true
	}
	return bumpForm.MatchString(subject) && (strings.Contains(subject, " from ") || !ownVersion.MatchString(subject))
}

// readEnds looks for a runtime or a framework of the main ecosystem that gets no more fixes, in every place where it is named.
// What only builds a part, as Node.js does the pages of a program in Python, does not age the whole.
func (u *upkeep) readEnds(v *View, declared []declaration) {
	alive := map[string]bool{}
	type end struct {
		key, what, ecosystem string
		at                   Evidence
	}
	var ends []end
	note := func(key, what, ecosystem string, ended bool, e Evidence) {
		if ended {
			ends = append(ends, end{key, what, ecosystem, e})
		} else {
			alive[key] = true
		}
	}
	for _, d := range declared {
		if r := d.deps.Runtime; r.Version != "" && runtimes[r.Product] != nil {
			version, ended := runtimeEnded(r, v.Time)
			note(r.Product, runtimeTitle(r.Product)+" "+version, runtimeOf[r.Product], ended, at(d.doc, r.Line, 0, "end of life"))
		}
		for _, dep := range d.deps.List {
			if known := !dep.Dev && slices.ContainsFunc(products, func(p product) bool {
				return p.ecosystem == d.deps.Ecosystem &&
					strings.EqualFold(p.name, dep.Name)
			}); known {
				note(strings.ToLower(dep.Name), strings.TrimSpace(dep.Name+" "+strings.TrimLeft(dep.Version, "= ")),
					d.deps.Ecosystem, productEnded(d.deps.Ecosystem, dep, v.Time), at(d.doc, dep.Line, 0, "end of life"))
			}
		}
	}
	for _, d := range v.Matching(containerFiles...) {
		for _, image := range manifest.BaseImages(d.Content()) {
			if runtimes[image.Name] != nil {
				version, ended := imageEnded(image, v.Time)
				note(image.Name, runtimeTitle(image.Name)+" "+version, runtimeOf[image.Name], ended, at(d, image.Line, 0, "end of life"))
			}
		}
	}
	for _, e := range ends {
		if !alive[e.key] && (u.main == "" || e.ecosystem == u.main) {
			u.ended, u.endedAt = e.what, e.at
			return
		}
	}
}

func runtimeTitle(product string) string {
	switch product {
	case "php":
		return "PHP"
	case "node":
		return "Node.js"
	}
	return strings.ToUpper(product[:1]) + product[1:]
}

func (u *upkeep) judge() Finding {
	var active, fixed []Evidence
	what := ""
	switch {
	case u.bot != nil:
		active, what = []Evidence{at(u.botDoc, u.bot.Line, 0, "update bot")}, u.bot.Name+" raises the dependencies"
		if u.bot.SecurityOnly {
			what = u.bot.Name + " raises dependencies with known vulnerabilities"
		}
	case len(u.bumps) >= regularBumps && u.recent:
		active, what = []Evidence{{Commit: u.bumps[0], Note: "raises dependencies"},
			{Commit: u.bumps[1], Note: "raises dependencies"}}, "commits raise the dependencies regularly"
	}
	pinned := "" // what fixes the versions
	switch {
	case u.lock != "":
		fixed, pinned = []Evidence{named(u.lock, "lock file")}, u.lock
	case u.pins != nil:
		fixed, pinned = []Evidence{u.pins.pinned()}, u.pins.doc.Place()
	case u.submodules:
		fixed, pinned = []Evidence{named(submodules, "submodules")}, submodules
	case u.wheel != "":
		fixed, pinned = []Evidence{named(u.wheel, "bundled package")}, "the bundle in "+path.Dir(u.wheel)
	}
	evidence := slices.Concat(active, fixed)
	switch {
	case u.ended != "" && active != nil:
		return partial(append(evidence, u.endedAt), "%s, but %s has reached its end of life", what, u.ended)
	case u.ended != "":
		return unmet([]Evidence{u.endedAt}, "%s has reached its end of life, and nothing raises the dependencies", u.ended)
	case active != nil && fixed != nil:
		return met(evidence, "%s, and %s fixes their versions", what, pinned)
	case active != nil:
		without := "no lock file or exact version fixes them"
		if u.some {
			without = "no lock file fixes them, and only a part has exact versions"
		}
		f := partial(evidence, "%s, but %s", what, without)
		f.Fix = "Keep a lock file, or declare exact versions of the dependencies."
		return f
	case fixed != nil:
		f := partial(evidence, "%s fixes the versions of the dependencies, but no bot raises them, nor did a commit %s", pinned, u.period())
		if len(u.bumps) > 0 {
			evidence = append(evidence, Evidence{Commit: u.bumps[0], Note: "raises a dependency"})
			seldom := "commits do so too seldom"
			if u.cut {
				seldom = "few of the commits that were read do so"
			}
			f = partial(evidence, "%s fixes the versions of the dependencies, but no bot raises them, and %s", pinned, seldom)
		}
		f.Fix = "Let an update bot such as Dependabot or Renovate raise the dependencies."
		return f
	case len(u.bumps) > 0 && u.byBot:
		return partial([]Evidence{{Commit: u.bumps[0], Note: "raises a dependency"}},
			"a bot's commits are in the history, but its configuration and exact versions are missing")
	case u.system != nil:
		return partial([]Evidence{at(u.system.doc, u.system.deps.List[0].Line, 0, "libraries of the system")},
			"libraries of the system are declared in %s; nothing raises or fixes their versions", u.system.doc.Place())
	}
	fixes := "no lock file, no exact versions, no bot"
	if u.some {
		fixes = "no lock file, few exact versions, no bot"
	}
	if u.other {
		fixes += " for packages"
	}
	return unmet(nil, "%s, and no commits that raised dependencies regularly %s", fixes, u.period())
}

// period names the stretch of history that was read.
func (u *upkeep) period() string {
	if u.cut {
		return "in the part of the history that was read"
	}
	return "in the year before"
}
