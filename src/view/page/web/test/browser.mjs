// A browser with a page in it, and what it said and asked for.
import {chromium} from 'playwright-core';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS});

export const openFile = async (browser, file, theme = 'light') => {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, colorScheme: theme});
  const page = await context.newPage();
  const seen = {errors: [], requests: []};
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') seen.errors.push(message.text()); });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('request', (request) => { if (request.url() !== `file://${file}`) seen.requests.push(request.url()); });
  await page.goto(`file://${file}`);
  await page.waitForSelector('html[data-ready=yes]', {timeout: 20000});
  await page.waitForSelector('html[data-whole=yes]', {timeout: 20000});
  await page.waitForTimeout(100);
  return {page, seen, close: () => context.close()};
};
