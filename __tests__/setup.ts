// Commands run in this process decide on colours when they are loaded.
process.env.NO_COLOR = "1";
