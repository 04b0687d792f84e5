//! One node under a stopwatch: `aronde-bench node DIR a|b D C [OPTS]` answers one line of JSON on stdout for
//! each line on stdin. `docs/benchmarks.md` says what the commands are and what is measured.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use aronde_tests::bench::Fault;
use aronde_tests::bench::pair::Which;
use aronde_tests::bench::process::{cpu_us, memory_kb, now_ns, reset_peak};
use aronde_tests::bench::side::Side;
use serde_json::{Value, json};

/// How the program was called.
struct Call {
    place: PathBuf,
    which: Which,
    designs: usize,
    changes: u64,
    /// How long one command may wait.
    patience: Duration,
}

fn main() -> ExitCode {
    let Some(call) = call() else {
        eprintln!("usage: aronde-bench node DIR a|b D C; then one command a line, as {{\"cmd\":\"open\"}}");
        return ExitCode::from(2);
    };
    let mut side = None;
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let Ok(asked) = serde_json::from_str::<Value>(&line) else { continue };
        let command = asked.get("cmd").and_then(Value::as_str).unwrap_or_default();
        let begun = now_ns();
        let answer = answer(&call, &mut side, command, &asked);
        let mut answer = answer.unwrap_or_else(|fault| json!({"err": fault.to_string()}));
        let traffic = side.as_ref().map(Side::traffic).unwrap_or_default();
        let measured = [
            ("t0", begun),
            ("cpu", cpu_us()),
            ("hwm", memory_kb("VmHWM")),
            ("rss", memory_kb("VmRSS")),
            ("tx", traffic.sent),
            ("rx", traffic.received),
        ];
        if let Some(answer) = answer.as_object_mut() {
            answer.extend(measured.map(|(name, value)| (name.to_owned(), json!(value))));
        }
        let mut out = std::io::stdout();
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() || command == "close" {
            break;
        }
    }
    ExitCode::SUCCESS
}

fn call() -> Option<Call> {
    let mut given = std::env::args().skip(1);
    given.next().filter(|word| word == "node")?;
    let place = given.next()?.into();
    let which = match given.next()?.as_str() {
        "a" => Which::A,
        "b" => Which::B,
        _ => return None,
    };
    let (designs, changes) = (given.next()?.parse().ok()?, given.next()?.parse().ok()?);
    let patience = std::env::var("PHASE_LIMIT_S").ok().and_then(|s| s.parse().ok()).unwrap_or(300_u64);
    let patience = Duration::from_secs(patience.saturating_sub(5));
    Some(Call { place, which, designs, changes, patience })
}

fn answer(call: &Call, side: &mut Option<Side>, command: &str, asked: &Value) -> Result<Value, Fault> {
    let number = |name: &str| asked.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    match command {
        "open" => {
            *side = Some(Side::open(&call.place, call.which, call.designs, call.changes)?);
            return Ok(json!({"at": now_ns()}));
        }
        "reset" => {
            reset_peak();
            return Ok(json!({}));
        }
        _ => {}
    }
    let Some(node) = side else { return Err("nothing is open yet".into()) };
    match command {
        "create" => node.create()?,
        "load_all" => node.load_all()?,
        "listen" => return Ok(json!({"addr": node.listen()?.to_string()})),
        "connect" => {
            let address = asked.get("addr").and_then(Value::as_str).ok_or("no address is given")?;
            node.connect(address.parse()?)?;
        }
        "disconnect" => node.disconnect()?,
        "change" => {
            let designs = asked.get("docs").and_then(Value::as_array).ok_or("no designs are given")?;
            let designs = designs.iter().filter_map(|d| usize::try_from(d.as_u64()?).ok());
            node.change(&designs.collect::<Vec<_>>())?;
        }
        "wait" => node.wait(number("total").ok_or("no total is given")?, call.patience)?,
        // What was answered for is durable already.
        "settle" => return Ok(json!({"at": 0})),
        "prepare" | "stat" | "live_arm" => {}
        "info" => return Ok(json!({"peer": node.peer().map(|peer| format!("{peer:?}"))})),
        "digest" => {
            let (count, digest) = node.digest();
            return Ok(json!({"count": count, "digest": digest}));
        }
        "live_send" => {
            let before = now_ns();
            node.change(&[number("doc").ok_or("no design is given")?])?;
            return Ok(json!({"at": before}));
        }
        "live_wait" => {
            node.wait_held(number("total").ok_or("no total is given")?, Duration::from_secs(20))?;
        }
        "close" => {
            node.stop()?;
            *side = None;
        }
        other => return Err(format!("\"{other}\" is no command").into()),
    }
    Ok(json!({"at": now_ns()}))
}
