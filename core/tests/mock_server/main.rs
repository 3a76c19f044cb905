//! The mock server on its socket: every wire, every fault, what it remembers.

#[cfg(test)]
mod client;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod own_wires;
#[cfg(test)]
mod recorded_shapes;
#[cfg(test)]
mod wires;
