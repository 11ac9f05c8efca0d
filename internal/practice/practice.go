// Package practice holds the clauses of the two documents that the criteria come from, as constants with their strength:
// "CSIRT Tooling: Best Practices in Developing, Maintaining and Distributing Open Source Tools" (CIRCL, 2018, "the paper")
// and "From Ruins to Resilience" (CIRCL, 2024, "the talk").
package practice

import "fmt"

// Strength is how firmly a clause asks for a practice.
type Strength uint8

// The strengths, weightiest first. Lesson marks what stands in the running text of the paper or in the talk,
// Own a criterion of this project beyond both.
const (
	Must Strength = iota
	Should
	May
	Lesson
	Own
)

var strengths = [...]struct {
	text   string
	weight int
}{{"must", 4}, {"should", 2}, {"may", 1}, {"lesson", 1}, {"own", 1}}

// String returns the strength in the paper's own words.
func (s Strength) String() string {
	if int(s) < len(strengths) {
		return strengths[s].text
	}
	return fmt.Sprintf("strength(%d)", uint8(s))
}

// Weight returns how much a criterion of this strength counts in the score.
func (s Strength) Weight() int { return strengths[s].weight }

// The documents.
const (
	Paper = "https://csirt-tooling-org.github.io/csirt-tooling-best-practices/best-practices.html"
	Talk  = "https://foo.be/2024/10/How_Developing_and_Utilizing_Open_Source_Solutions_Enhances_CSIRT_Capabilities"
)

// Clause is one demand of a document.
type Clause struct {
	Document string   // URL, empty for a criterion of our own
	Place    string   // section and item, as a reader finds it
	Strength Strength //
	Unjudged string   // why no criterion covers it, empty for a clause that one covers
}

// The clauses of the paper. A recommendation is numbered within its section.
var (
	Repository       = Clause{Paper, "Software Development Practices, recommendation 1", Must, ""}
	PublicRepository = Clause{Paper, "Software Development Practices, recommendation 2", Must, ""}
	OpenToChanges    = Clause{Paper, "Software Development Practices, recommendation 3", Must, ""}
	Tracking         = Clause{Paper, "Software Development Practices, text", Lesson, ""}
	Methodology      = Clause{Paper, "Software Development Practices, text on methodologies", Lesson, ""}

	PointOfContact   = Clause{Paper, "Security Vulnerabilities and Software Assessment, recommendation 1", Must, ""}
	CVEAndFix        = Clause{Paper, "Security Vulnerabilities and Software Assessment, recommendation 2", Must, ""}
	DisclosurePolicy = Clause{Paper, "Security Vulnerabilities and Software Assessment, recommendation 3", Must, ""}
	Notification     = Clause{Paper, "Security Vulnerabilities and Software Assessment, text on notifications", Should, ""}
	Assessment       = Clause{Paper, "Security Vulnerabilities and Software Assessment, text on regular assessment", Should, ""}
	Countermeasures  = Clause{Paper, "Security Vulnerabilities and Software Assessment, text on weak points", Lesson, ""}

	ApprovedLicense     = Clause{Paper, "Open Source Software License, recommendation 1", Must, ""}
	CompatibleLicenses  = Clause{Paper, "Open Source Software License, recommendation 2", Must, ""}
	KnownRequirements   = Clause{Paper, "Open Source Software License, text on requirements", Lesson, ""}
	PrivacyDescription  = Clause{Paper, "Privacy and Personal Data Processing, recommendation 1", Should, ""}
	PrivacyFunctions    = Clause{Paper, "Privacy and Personal Data Processing, recommendation 2", Should, ""}
	CodeOfConduct       = Clause{Paper, "Contribution and Collaboration, recommendation 1", Should, ""}
	DocumentedAPI       = Clause{Paper, "Interoperability, recommendation 1", Should, ""}
	StandardizedFormat  = Clause{Paper, "Interoperability, recommendation 2", May, ""}
	ReusedStandards     = Clause{Paper, "Interoperability, text on free and open standards", Lesson, ""}
	IntegratedConnector = Clause{Paper, "Interoperability, text on integrated connectors", Lesson, ""}
)

// The lessons of the talk.
var (
	PublishEarly     = Clause{Talk, "First Lesson", Lesson, "release-practice and development-method cover what a repository shows of it"}
	Handling         = Clause{Talk, "Second Lesson", Lesson, "the security criteria of the paper cover it"}
	Partnerships     = Clause{Talk, "Third Lesson", Lesson, "partnerships are not visible in a repository"}
	DependencyRuins  = Clause{Talk, "Fourth Lesson", Lesson, ""}
	StandardsFromUse = Clause{Talk, "Fifth Lesson", Lesson, "published-format covers it"}
	OwnCollection    = Clause{Talk, "Sixth Lesson", Lesson, "the autonomy of a collection is not visible in a repository"}
	Failure          = Clause{Talk, "Seventh Lesson", Lesson, "a failure that was learnt from is not visible in a repository; activity reads notices of end of life"}
	Copyright        = Clause{Talk, "Eighth Lesson", Lesson, ""}
	StaffRetention   = Clause{Talk, "Ninth Lesson", Lesson, "the skills of a staff are not visible in a repository"}
)

// ThisProject is the origin of the criteria beyond the two documents.
var ThisProject = Clause{"", "this project", Own, ""}

// Clauses lists every clause of both documents.
var Clauses = []Clause{
	Repository, PublicRepository, OpenToChanges, Tracking, Methodology,
	PointOfContact, CVEAndFix, DisclosurePolicy, Notification, Assessment, Countermeasures,
	ApprovedLicense, CompatibleLicenses, KnownRequirements, PrivacyDescription, PrivacyFunctions,
	CodeOfConduct, DocumentedAPI, StandardizedFormat, ReusedStandards, IntegratedConnector,
	PublishEarly, Handling, Partnerships, DependencyRuins, StandardsFromUse, OwnCollection, Failure, Copyright, StaffRetention,
}
