async function boot(): Promise<void> {
  // nothing yet
}

export { boot as register };
