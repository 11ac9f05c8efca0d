package module

import (
	"reflect"
	"strings"

	"misp-csirt-tooling/internal/misp"
)

// schema is a node of an OpenAPI document.
type schema map[string]any

// openAPI describes the service, OpenAPI 3.1. The schemas are read off the types that are sent and received.
func openAPI(version string) schema {
	json := func(description string, body any) schema {
		return schema{"description": description, "content": schema{"application/json": schema{"schema": body}}}
	}
	get := func(summary string, response schema) schema {
		return schema{"get": schema{"summary": summary, "responses": schema{"200": response}}}
	}
	ready := get("Whether the service takes queries.", json("It does.", object("ready", "boolean")))
	ready["get"].(schema)["responses"].(schema)["503"] = json("It is stopping.", object("ready", "boolean"))
	return schema{
		"openapi": "3.1.0",
		"info": schema{
			"title":       "misp-csirt-tooling",
			"version":     version,
			"description": "Assesses repositories against best practices for CSIRT tooling, in the protocol of misp-modules.",
			"license":     schema{"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
		},
		"paths": schema{
			"/modules":      get("The modules, as MISP lists them.", json("A list of descriptors.", schema{"type": "array", "items": reference("Descriptor")})),
			"/healthcheck":  get("Whether the process lives.", json("It does.", object("status", "boolean"))),
			"/version":      get("The version of the program.", json("The version.", object("version", "string"))),
			"/openapi.json": get("This document.", json("An OpenAPI document.", schema{"type": "object"})),
			"/readyz":       ready,
			"/metrics": get("Metrics for Prometheus.", schema{
				"description": "Metrics.", "content": schema{"text/plain": schema{"schema": schema{"type": "string"}}}}),
			"/query": schema{"post": schema{
				"summary": "Asks a module about an attribute or an object. Unknown fields are ignored.",
				"description": "Ids and the timeout, in seconds, are taken as text or as numbers. In the old format of misp-modules " +
					"the attribute type is a field that holds the value. Any Content-Type is accepted.",
				"requestBody": schema{"required": true, "content": schema{"application/json": schema{"schema": reference("Query")}}},
				"responses": schema{
					"200": json("The answer, empty results for what names no repository.", reference("Answer")),
					"400": json("The body is not a JSON object.", reference("Answer")),
					"413": json("The body is too large.", reference("Answer")),
				},
			}},
		},
		"components": schema{"schemas": components(Descriptor{}, Query{}, Attribute{}, Object{}, Answer{}, misp.Object{}, misp.Attribute{}, misp.Reference{}, misp.Tag{})},
	}
}

func object(field, kind string) schema {
	return schema{"type": "object", "required": []string{field}, "properties": schema{field: schema{"type": kind}}}
}

func reference(name string) schema { return schema{"$ref": "#/components/schemas/" + name} }

// components returns the schemas of types by their names.
func components(values ...any) schema {
	named := map[reflect.Type]string{}
	for _, v := range values {
		named[reflect.TypeOf(v)] = schemaName(reflect.TypeOf(v))
	}
	out := schema{}
	for t, name := range named {
		out[name] = structSchema(t, named)
	}
	return out
}

// schemaName tells MISP's types from those of the same name that are received.
func schemaName(t reflect.Type) string {
	if strings.HasSuffix(t.PkgPath(), "/misp") {
		return "MISP" + t.Name()
	}
	return t.Name()
}

func structSchema(t reflect.Type, named map[reflect.Type]string) schema {
	properties, required := schema{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		properties[name] = schemaOf(f.Type, named)
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	return schema{"type": "object", "properties": properties, "required": required}
}

func schemaOf(t reflect.Type, named map[reflect.Type]string) schema {
	if name, ok := named[t]; ok {
		return reference(name)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), named)
	case reflect.Slice:
		return schema{"type": "array", "items": schemaOf(t.Elem(), named)}
	case reflect.Struct:
		return structSchema(t, named)
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Float64:
		return schema{"type": "number"}
	case reflect.Int:
		return schema{"type": "integer"}
	}
	return schema{"type": "string"}
}
