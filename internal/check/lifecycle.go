package check

import (
	"strconv"
	"strings"
	"time"

	"misp-csirt-tooling/internal/manifest"
)

// cycle is a line of versions of a runtime with the day after which it gets no security fixes.
type cycle struct {
	version string
	ends    string // year-month-day, empty while no end is set
}

// runtimes are the lines of versions of the runtimes, oldest first, as https://endoflife.date had collected them from the projects' own
// announcements on 2026-08-22; the last of each stands for versions to come. Kept by hand: compare with that page before a release.
// Minimum versions of Go and Java say nothing about what is run, so they are left out.
var runtimes = map[string][]cycle{
	"python": {
		{"2.6", "2013-10-29"}, {"2.7", "2020-01-01"}, {"3.0", "2009-06-27"}, {"3.1", "2012-04-09"}, {"3.2", "2016-02-20"}, {"3.3", "2017-09-29"},
		{"3.4", "2019-03-18"}, {"3.5", "2020-09-30"}, {"3.6", "2021-12-23"}, {"3.7", "2023-06-27"}, {"3.8", "2024-10-07"}, {"3.9", "2025-10-31"},
		{"3.10", "2026-10-31"}, {"3.11", "2027-10-31"}, {"3.12", "2028-10-31"}, {"3.13", "2029-10-31"}, {"3.14", "2030-10-31"}, {"3.99", ""},
	},
	"php": {
		{"5.3", "2014-08-14"}, {"5.4", "2015-09-14"}, {"5.5", "2016-07-21"}, {"5.6", "2018-12-31"}, {"7.0", "2019-01-10"}, {"7.1", "2019-12-01"},
		{"7.2", "2020-11-30"}, {"7.3", "2021-12-06"}, {"7.4", "2022-11-28"}, {"8.0", "2023-11-26"}, {"8.1", "2025-12-31"}, {"8.2", "2026-12-31"},
		{"8.3", "2027-12-31"}, {"8.4", "2028-12-31"}, {"8.5", "2029-12-31"}, {"8.99", ""}, {"9.0", ""},
	},
	"node": {
		{"4", "2018-04-30"}, {"5", "2016-06-30"}, {"6", "2019-04-30"}, {"7", "2017-06-30"}, {"8", "2019-12-31"}, {"9", "2018-06-30"},
		{"10", "2021-04-30"}, {"11", "2019-06-30"}, {"12", "2022-04-30"}, {"13", "2020-06-01"}, {"14", "2023-04-30"}, {"15", "2021-06-01"},
		{"16", "2023-09-11"}, {"17", "2022-06-01"}, {"18", "2025-04-30"}, {"19", "2023-06-01"}, {"20", "2026-04-30"}, {"21", "2024-06-01"},
		{"22", "2027-04-30"}, {"23", "2025-06-01"}, {"24", "2028-04-30"}, {"25", "2026-06-01"}, {"26", "2029-04-30"}, {"99", ""},
	},
	"ruby": {
		{"2.3", "2019-03-31"}, {"2.4", "2020-03-31"}, {"2.5", "2021-03-31"}, {"2.6", "2022-03-31"}, {"2.7", "2023-03-31"}, {"3.0", "2024-04-23"},
		{"3.1", "2025-03-26"}, {"3.2", "2026-03-31"}, {"3.3", "2027-03-31"}, {"3.4", "2028-03-31"}, {"4.0", "2029-03-31"}, {"4.99", ""},
	},
}

// runtimeOf maps the runtimes to the ecosystems, as manifest names them, of what runs on them.
var runtimeOf = map[string]string{"python": "Python", "php": "PHP", "node": "JavaScript", "ruby": "Ruby"}

// product is a package of which older versions get no security fixes.
type product struct {
	ecosystem, name string
	below           string // versions before this one, empty for all
	ends            string
}

// products are frameworks and packages of the tools of this field, from the same page as runtimes; those that it does not list
// after the project's own notice.
var products = []product{
	{"JavaScript", "angular", "2", "2021-12-31"},
	{"JavaScript", "vue", "3", "2023-12-31"},
	{"JavaScript", "request", "", "2020-02-11"},
	{"JavaScript", "node-sass", "", "2024-07-24"},
	{"Python", "django", "4.2", "2024-04-01"},
	{"Python", "django", "5.2", "2026-04-07"},
	{"Python", "flask", "2.3", "2023-04-25"}, // of Pallets' projects only the newest feature release is kept
	{"Python", "mysql-python", "", "2020-01-01"},
	{"Python", "pycrypto", "", "2014-06-20"},
	{"PHP", "cakephp/cakephp", "3.0", "2021-06-15"},
	{"PHP", "cakephp/cakephp", "4.0", "2022-12-15"},
	{"PHP", "laravel/framework", "10.0", "2024-02-06"},
	{"PHP", "laravel/framework", "12.0", "2026-03-12"},
	{"PHP", "symfony/symfony", "5.4", "2023-11-21"},
	{"Java", "log4j:log4j", "", "2015-10-15"},
	{"Ruby", "rails", "7.0", "2024-10-01"},
	{"Ruby", "rails", "7.2", "2025-10-01"},
}

func over(ends string, now time.Time) bool {
	day, err := time.Parse(time.DateOnly, ends)
	return err == nil && now.After(day.AddDate(0, 0, 1))
}

// runtimeEnded reports whether every version of a runtime that the constraint admits gets no more fixes, and names the newest.
func runtimeEnded(r manifest.Runtime, now time.Time) (version string, ended bool) {
	if r.Version == "" {
		return "", false
	}
	for _, c := range runtimes[r.Product] {
		if !admits(r.Version, c.version) {
			continue
		}
		version = c.version
		if ended = over(c.ends, now); !ended {
			return "", false
		}
	}
	return version, ended
}

// imageEnded does the same for the tag of a base image: python:2.7-slim.
func imageEnded(image manifest.Image, now time.Time) (version string, ended bool) {
	version, _, _ = strings.Cut(image.Tag, "-")
	if version == "" || version[0] < '0' || version[0] > '9' {
		return "", false
	}
	name := image.Name
	if strings.HasPrefix(name, "php") {
		name = "php"
	}
	return runtimeEnded(manifest.Runtime{Product: name, Version: version + ".*"}, now)
}

// productEnded reports whether a dependency is at its end at every version that is asked for.
func productEnded(ecosystem string, d manifest.Dependency, now time.Time) bool {
	for _, p := range products {
		if p.ecosystem == ecosystem && strings.EqualFold(p.name, d.Name) && over(p.ends, now) &&
			(p.below == "" || staysBelow(d.Version, numbersOf(p.below))) {
			return true
		}
	}
	return false
}

// staysBelow reports whether a constraint admits only versions before a limit.
func staysBelow(constraint string, limit []int) bool {
	for alternative := range strings.SplitSeq(strings.ReplaceAll(constraint, "||", "|"), "|") {
		below := false
		for _, c := range bounds(alternative) {
			n := len(limit)
			switch c.op {
			case "<":
				below = below || compareParts(c.version, limit, max(n, len(c.version))) <= 0
			case "^", "~>", "~=", "~": // at the most the next major version
				below = below || compareParts(c.version, limit, n) < 0 && compareParts([]int{c.version[0] + 1}, limit, n) <= 0
			case "<=", "", "=", "==", "===":
				below = below || compareParts(c.version, limit, n) < 0
			}
		}
		if !below {
			return false
		}
	}
	return true
}

// bound is one condition of a constraint.
type bound struct {
	op      string
	version []int
}

// bounds splits a constraint into its conditions, without those that admit everything.
func bounds(constraint string) []bound {
	constraint = strings.NewReplacer("= ", "=", "> ", ">", "< ", "<", "^ ", "^", "~ ", "~").Replace(constraint)
	var out []bound
	for _, part := range strings.FieldsFunc(constraint, func(r rune) bool { return r == ',' || r == ' ' }) {
		bare := strings.TrimLeft(part, "=<>!~^v")
		if version := numbersOf(bare); len(version) > 0 {
			out = append(out, bound{strings.TrimSuffix(part[:len(part)-len(bare)], "v"), version})
		}
	}
	return out
}

// admits reports whether a constraint of pip, Poetry, npm or Composer lets in a line of versions (2.7, 18.0). What it cannot read admits everything.
func admits(constraint, line string) bool {
	for alternative := range strings.SplitSeq(strings.ReplaceAll(constraint, "||", "|"), "|") {
		if admitsAll(alternative, line) {
			return true
		}
	}
	return false
}

func admitsAll(constraint, line string) bool {
	have := numbersOf(line)
	for _, c := range bounds(constraint) {
		order := compareParts(have, c.version, len(have))
		var ok bool
		switch c.op {
		case ">=", ">": // the line goes on after its first version
			ok = order >= 0
		case "<=":
			ok = order <= 0
		case "<":
			ok = order < 0 || order == 0 && len(c.version) > 2 && c.version[2] > 0
		case "!=":
			ok = order != 0 || len(c.version) > 2
		case "^":
			ok = order >= 0 && have[0] == c.version[0]
		case "~", "~=", "~>":
			ok = order >= 0 && have[0] == c.version[0] && (len(c.version) < 3 || len(have) < 2 || have[1] == c.version[1])
		default: // =, == or none
			ok = compareParts(have, c.version, min(len(have), len(c.version))) == 0
		}
		if !ok {
			return false
		}
	}
	return true
}

// numbersOf returns the leading numbers of a version.
func numbersOf(v string) []int {
	var out []int
	for part := range strings.SplitSeq(v, ".") {
		digits := part
		if i := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
			digits = part[:i]
		}
		n, err := strconv.Atoi(digits)
		if err != nil {
			break
		}
		out = append(out, n)
		if digits != part {
			break
		}
	}
	return out
}

// compareParts compares the first n numbers, a missing one as 0.
func compareParts(a, b []int, n int) int {
	at := func(v []int, i int) int {
		if i < len(v) {
			return v[i]
		}
		return 0
	}
	for i := range n {
		if d := at(a, i) - at(b, i); d != 0 {
			return d
		}
	}
	return 0
}
