//! Signals by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A signal for a process. Prints, parses and is stored as its name without `SIG`, such as `TERM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Signal {
    /// Asks to reload, by custom.
    Hup,
    /// An interruption from the keyboard.
    Int,
    /// Asks to end and to leave a core file.
    Quit,
    /// Ends it; cannot be handled.
    Kill,
    /// Of the program's own meaning.
    Usr1,
    /// Of the program's own meaning.
    Usr2,
    /// Asks to end.
    Term,
    /// Goes on after [`Signal::Stop`].
    Cont,
    /// Halts it until [`Signal::Cont`]; cannot be handled.
    Stop,
}

/// A text that is not the name of a [`Signal`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is none of the signals {}", known())]
#[non_exhaustive]
pub struct SignalError {
    /// The text.
    pub name: String,
}

const ALL: [(Signal, &str, rustix::process::Signal); 9] = {
    use rustix::process::Signal as System;
    [
        (Signal::Hup, "HUP", System::HUP),
        (Signal::Int, "INT", System::INT),
        (Signal::Quit, "QUIT", System::QUIT),
        (Signal::Kill, "KILL", System::KILL),
        (Signal::Usr1, "USR1", System::USR1),
        (Signal::Usr2, "USR2", System::USR2),
        (Signal::Term, "TERM", System::TERM),
        (Signal::Cont, "CONT", System::CONT),
        (Signal::Stop, "STOP", System::STOP),
    ]
};

impl Signal {
    /// Its name, without `SIG`.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    pub(crate) fn system(self) -> rustix::process::Signal {
        self.row().2
    }

    fn row(self) -> &'static (Self, &'static str, rustix::process::Signal) {
        // The table has every variant, in their order.
        &ALL[self as usize]
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Signal {
    type Err = SignalError;

    /// Takes the name in capitals, with or without `SIG`.
    fn from_str(text: &str) -> Result<Self, SignalError> {
        let name = text.strip_prefix("SIG").unwrap_or(text);
        ALL.iter()
            .find(|(_, known, _)| *known == name)
            .map(|(signal, ..)| *signal)
            .ok_or_else(|| SignalError {
                name: text.to_owned(),
            })
    }
}

fn known() -> String {
    ALL.map(|(_, name, _)| name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::{ALL, Signal};

    #[test]
    fn each_is_found_by_its_place_and_by_its_name() {
        for (signal, name, system) in ALL {
            assert_eq!((signal.name(), signal.system()), (name, system));
            assert_eq!(name.parse::<Signal>(), Ok(signal));
            assert_eq!(format!("SIG{name}").parse::<Signal>(), Ok(signal));
            assert_eq!(
                serde_json::to_string(&signal).expect("it is a word"),
                format!("\"{name}\"")
            );
        }
        assert_eq!(
            "term".parse::<Signal>().map_err(|error| error.to_string()),
            Err(
                "`term` is none of the signals HUP, INT, QUIT, KILL, USR1, USR2, TERM, CONT, STOP"
                    .to_owned()
            )
        );
    }
}
