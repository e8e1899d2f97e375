//! The `pgward` program: everything is in the library's [`pgward::cli`].

fn main() -> std::process::ExitCode {
    pgward::cli::main()
}
