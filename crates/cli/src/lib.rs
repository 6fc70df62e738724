//! What all ftc programs share: arguments, configuration, output, errors and exit codes.
