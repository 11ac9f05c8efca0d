// Package outbound is the only way out: it decides which hosts may be contacted, resolves and checks their addresses
// before a packet is sent, and starts git so that neither a repository nor a server can make it do anything but read.
package outbound
