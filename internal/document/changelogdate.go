package document

import (
	"misp-csirt-tooling/internal/pattern"
	"strings"
	"time"
)

var (
	// isoDate is year, month and day.
	isoDate = pattern.New(`\b((?:19|20)\d{2})[-/.](\d{1,2})[-/.](\d{1,2})\b`)
	// dayMonth is day, month and year, with dots or strokes.
	dayMonth = pattern.New(`(?:^|[^.\d])(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d{2})\b`)
	// isoMonth is year and month.
	isoMonth = pattern.New(`\b((?:19|20)\d{2})[-/](\d{1,2})\b`)
	// monthFirst is a date with the month's name before the day, which may be missing.
	monthFirst = pattern.New(`(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?((?:19|20)\d{2})\b`)
	// dayFirst is a date with the month's name after the day.
	dayFirst = pattern.New(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?\.?[ -](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?[ -]((?:19|20)\d{2})\b`)
	// dateOnly is a line that says nothing but when.
	dateOnly = pattern.New(`(?i)^[\W\d]*(?:(?:released?|date|release date|on|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed` +
		`|thu|fri|sat|sun)[a-z]*[\W\d]*)*$`)
	// dateBelow begins a line under the heading that says when.
	dateBelow = pattern.New(`(?i)^[\s*_>:-]*(?:(?:release[ -]?)?date|released?(?: on)?)\b`)
	// debianDate ends an entry of a Debian changelog (deb-changelog(5)) and captures the date.
	debianDate = pattern.New(`^ -- .*>  \w{3}, (.*)$`)
)

// FirstDate returns the first date of a line, at midnight UTC and the first of a month that stands alone; zero if there is none.
func FirstDate(text string) time.Time {
	if m := isoDate.FindStringSubmatch(text); m != nil {
		return date(m[1], m[2], m[3])
	}
	if m := dayFirst.FindStringSubmatch(text); m != nil {
		return date(m[3], m[2], m[1])
	}
	if m := monthFirst.FindStringSubmatch(text); m != nil {
		return date(m[3], m[1], m[2])
	}
	if m := dayMonth.FindStringSubmatch(text); m != nil {
		if t := date(m[3], m[2], m[1]); !t.IsZero() {
			return t
		}
		return date(m[3], m[1], m[2]) // the month comes first
	}
	if m := isoMonth.FindStringSubmatch(text); m != nil {
		return date(m[1], m[2], "1")
	}
	return time.Time{}
}

// date puts a date together, zero if there is no such day.
func date(year, month, day string) time.Time {
	if day == "" {
		day = "1"
	}
	layout := "2006-1-2"
	if len(month) > 2 {
		layout = "2006-Jan-2"
		month = strings.ToUpper(month[:1]) + strings.ToLower(month[1:3])
	}
	t, err := time.Parse(layout, year+"-"+month+"-"+day)
	if err != nil {
		return time.Time{}
	}
	return t
}

// dateLines is how many lines below a heading its date is looked for.
const dateLines = 4

// statedDate returns the date that stands below a heading: "Released: 2024-03-28", a date alone, or the signature of
// an entry of a Debian changelog.
func statedDate(body string) time.Time {
	n := 0
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		if m := debianDate.FindStringSubmatch(line); m != nil {
			return FirstDate(m[1])
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if n++; n <= dateLines && len(line) < 80 && (dateBelow.MatchString(line) || dateOnly.MatchString(line)) {
			if d := FirstDate(line); !d.IsZero() {
				return d
			}
		}
	}
	return time.Time{}
}
