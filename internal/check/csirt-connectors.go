package check

import "misp-csirt-tooling/internal/practice"

var csirtConnectors = &Check{
	ID:      "csirt-connectors",
	Name:    "Connectors to CSIRT tools",
	Short:   "connectors to CSIRT tools",
	Asks:    "Does it connect to tools that CSIRTs use?",
	Clause:  practice.IntegratedConnector,
	Why:     "A tool that connects to those in use is adopted.",
	Fix:     "Add a connector to a tool that CSIRTs use, such as MISP, TheHive or IntelMQ.",
	Met:     "Integration code is part of the project.",
	Partial: "Integration exists elsewhere.",
	Unmet:   "None.",
}
